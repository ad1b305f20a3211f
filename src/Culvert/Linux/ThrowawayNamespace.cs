namespace Culvert.Linux;

/// <summary>
/// A network namespace without a name, held by one process: it is gone with that process, and that process is gone with
/// this program, so nothing is left behind even after SIGKILL.
/// </summary>
internal sealed class ThrowawayNamespace : IAsyncDisposable
{
    private readonly HeldProcess _holder;

    private ThrowawayNamespace(HeldProcess holder, string name)
    {
        _holder = holder;
        Standpoint = Standpoint.NetworkOf(holder.Id, name);
    }

    public Standpoint Standpoint { get; }

    public int HolderId => _holder.Id;

    public static async Task<ThrowawayNamespace> CreateAsync(string name, CancellationToken cancellationToken)
    {
        var holder = HeldProcess.Start(["unshare", "--net", "cat"]);
        try
        {
            // cat's echo proves that unshare(2) lies behind us: before it, the process still stands in the host's network.
            await holder.WriteLineAsync(name, cancellationToken);
            await holder.ReadLineAsync(cancellationToken);
            return new ThrowawayNamespace(holder, name);
        }
        catch
        {
            await holder.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _holder.DisposeAsync();
}
