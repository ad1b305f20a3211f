using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Namespaces;

/// <summary>A daemon of the host behind a Unix socket: it hangs up on whoever connects, and prints their uid.</summary>
internal sealed class HostDaemon : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // SO_PEERCRED gives pid, uid and gid. As a real one the daemon lets every user in, and makes its directory.
    private const string Program = """
        import os, socket, struct, sys
        path = sys.argv[1]
        os.umask(0)
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        print("ready", flush=True)
        while True:
            caller = listener.accept()[0]
            uid = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
            print(f"asked by {uid}", flush=True)
            caller.close()
        """;

    private readonly LabProcess process;

    private HostDaemon(LabProcess process) => this.process = process;

    /// <summary>The uids of those who connected until now, each once.</summary>
    public IEnumerable<string> Callers =>
        process.Output.Split('\n').Where(line => line.StartsWith("asked by ", StringComparison.Ordinal)).Select(line => line["asked by ".Length..]).Distinct();

    public static async Task<HostDaemon> StartAsync(LabMachine host, string socket, CancellationToken cancellationToken)
    {
        var process = await host.StartAsync(RepositoryFiles.Python, ["-c", Program, socket], LabCommandOptions.None, cancellationToken);
        await process.WaitForLineAsync(line => line == "ready", Patience, cancellationToken);
        return new HostDaemon(process);
    }

    public Task WaitForCallerAsync(string uid, CancellationToken cancellationToken) =>
        process.WaitForLineAsync(line => line == $"asked by {uid}", Patience, cancellationToken);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
