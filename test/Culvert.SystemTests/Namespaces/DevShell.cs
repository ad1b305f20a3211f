using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;

namespace Culvert.SystemTests.Namespaces;

/// <summary>One shell inside the namespace that lives through what is done to the stack, as a dev's does.</summary>
internal sealed class DevShell : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly LabProcess shell;
    private int calls;

    private DevShell(LabProcess shell) => this.shell = shell;

    public bool HasExited => shell.HasExited;

    public static async Task<DevShell> StartAsync(CulvertCli culvert, CancellationToken cancellationToken) =>
        new(await culvert.StartInsideAsync(["sh"], app: false, LabCommandOptions.None, cancellationToken));

    /// <summary>The address that the shell's calls are seen from; it tries again while the tunnel is away.</summary>
    public async Task<string> AddressAsync(CancellationToken cancellationToken)
    {
        calls++;
        await shell.WriteAsync(
            $"until a=$(curl -sS --max-time 3 https://api.ipify.org/ 2>/dev/null); do :; done; echo call {calls} from $a\n", close: false, cancellationToken);
        var line = await shell.WaitForLineAsync(line => line.StartsWith($"call {calls} from ", StringComparison.Ordinal), Patience, cancellationToken);
        return line.Split(' ')[^1];
    }

    public ValueTask DisposeAsync() => shell.DisposeAsync();
}
