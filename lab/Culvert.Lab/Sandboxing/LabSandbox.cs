using System.Diagnostics;

namespace Culvert.Lab.Sandboxing;

/// <summary>
/// Private mount, network and pid namespaces with a fresh /run. All of it disappears with the program that started it, kill -9
/// included, and several sandboxes on one machine do not see each other. Needs root.
/// </summary>
public sealed class LabSandbox : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);
    private static readonly string[] NewNamespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    private readonly Process process;
    private readonly List<LabMachine> machines = [];

    private LabSandbox(Process process, int initPid)
    {
        this.process = process;
        Root = new LabPlace("sandbox", initPid, null);
    }

    /// <summary>The sandbox itself: its own network namespace holds nothing but loopback.</summary>
    public LabPlace Root { get; }

    public static async Task<LabSandbox> StartAsync(CancellationToken cancellationToken)
    {
        if (Environment.UserName != "root")
        {
            throw new LabException("starting the lab: it makes network namespaces, which needs root; run it with sudo");
        }

        var start = new ProcessStartInfo("unshare");
        foreach (var argument in NewNamespaces.Append("--net").Concat(InitCommand([])))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Launch(start);
        return new LabSandbox(process, await InitPidAsync(process, cancellationToken));
    }

    /// <summary>A network namespace of this sandbox, made by name with <c>ip netns add</c>.</summary>
    public LabPlace Namespace(string name) => new(name, Root.InitPid, Root.PathOf($"/run/netns/{name}"));

    /// <summary>
    /// A machine of its own on the network namespace <paramref name="name"/>: own processes (pid 1 included), own /run, and /etc and
    /// /var that start as the outer machine's and are written in memory only.
    /// </summary>
    public async Task<LabMachine> StartMachineAsync(string name, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("nsenter");
        var enter = new[] { "--target", $"{Root.InitPid}", "--mount", "--pid", $"--net={Root.PathOf($"/run/netns/{name}")}", "--", "unshare" };
        foreach (var argument in enter.Concat(NewNamespaces).Concat(InitCommand(["/etc", "/var"])))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Launch(start);
        var machine = new LabMachine(process, name, await InitPidAsync(process, cancellationToken));
        lock (machines)
        {
            machines.Add(machine);
        }

        return machine;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in machines)
        {
            await machine.DisposeAsync();
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>This program again, as <c>init</c>; it lies beside the assembly, also in the tests' folder.</summary>
    internal static IReadOnlyList<string> Self(params IReadOnlyList<string> arguments) =>
        ["dotnet", "exec", typeof(LabSandbox).Assembly.Location, .. arguments];

    private static IEnumerable<string> InitCommand(IReadOnlyList<string> overlays) => Self(["init", .. overlays]);

    private static Process Launch(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        CommandEnvironment.Apply(start, null);
        return Process.Start(start) ?? throw new LabException($"starting the lab: {start.FileName} did not start");
    }

    /// <summary>Pid 1 as the outer machine numbers it: the last of the line of only children below what was started.</summary>
    private static async Task<int> InitPidAsync(Process process, CancellationToken cancellationToken)
    {
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(StartDeadline, cancellationToken);
        if (line != SandboxInit.Ready)
        {
            var error = await process.StandardError.ReadToEndAsync(cancellationToken);
            throw new LabException($"starting a sandbox of the lab: {error.Trim()}");
        }

        var pid = process.Id;
        while (LabProcessTable.ChildrenOf(pid) is [var child, ..])
        {
            pid = child;
        }

        return pid;
    }
}
