using System.Globalization;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>What a <see cref="Pressure"/> tried: packets and connections from dev's place, and an application's calls that came through or did not.</summary>
internal readonly record struct PressureResult(long Tried, int Answered, int Failed);

/// <summary>
/// Constant load that no part of the stack carries, so that any part may die: from dev's place (a container that joined the namespace as dev
/// does) at everything that could leak, by its routes and bound to the uplink; and an application with a way out of its own, which calls by
/// the proxy without end and would be seen if it went past it.
/// </summary>
internal sealed class Pressure : IAsyncDisposable
{
    private const string Authorities = "/etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro";

    private const string Calls = """
        import select, sys
        from app1 import llm
        print("calling", flush=True)
        answered = failed = 0
        while not select.select([sys.stdin], [], [], 0.05)[0]:
            try:
                llm._session.get("https://api.ipify.org", timeout=3)
                answered += 1
            except OSError:
                failed += 1
        print(answered, failed)
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly DockerStack stack;
    private readonly Load free;
    private readonly Load bound;
    private readonly LabProcess application;

    private Pressure(DockerStack stack, Load free, Load bound, LabProcess application)
    {
        this.stack = stack;
        this.free = free;
        this.bound = bound;
        this.application = application;
    }

    public static async Task<Pressure> StartAsync(DockerStack stack, CancellationToken cancellationToken)
    {
        var uplink = await stack.UplinkAsync();
        var vpnNet = (await stack.InspectAsync("vpn")).GetProperty("NetworkSettings").GetProperty("Networks").GetProperty("vpn-net").GetProperty("IPAddress").GetString();
        var free = await FromDevsPlaceAsync(stack, "talker", null, cancellationToken);
        var bound = await FromDevsPlaceAsync(stack, "bound", uplink, cancellationToken);
        // By the file of hosts: while `vpn` is away Docker's resolver would ask the ordinary network for its name.
        await stack.DockerAsync(
            "create", "--interactive", "--name", "caller", "--network", "culvert_default", "--add-host", $"vpn:{vpnNet}", "--volume", Authorities, "culvert-app1", "python3", "-c", Calls);
        await stack.DockerAsync("network", "connect", "vpn-net", "caller");
        var application = await stack.Lab.Host.StartAsync(
            "docker", ["start", "--attach", "--interactive", "caller"], new LabCommandOptions { Environment = DockerEngine.Surroundings }, cancellationToken);
        await application.WaitForLineAsync(line => line == "calling", Deadline, cancellationToken);
        return new Pressure(stack, free, bound, application);
    }

    /// <summary>Ends it; throws when a part of it had died before.</summary>
    public async Task<PressureResult> StopAsync(CancellationToken cancellationToken)
    {
        var tried = (await free.StopAsync(cancellationToken)).Tried + (await bound.StopAsync(cancellationToken)).Tried;
        await application.WriteAsync("", close: true, cancellationToken);
        var calls = await application.WaitAsync(Deadline, cancellationToken);
        var counts = calls.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' ');
        return calls.Succeeded && counts.Length == 2
            ? new PressureResult(tried, int.Parse(counts[0], CultureInfo.InvariantCulture), int.Parse(counts[1], CultureInfo.InvariantCulture))
            : throw new LabCommandFailedException(calls);
    }

    public async ValueTask DisposeAsync()
    {
        await free.DisposeAsync();
        await bound.DisposeAsync();
        await application.DisposeAsync();
        await stack.Engine.DockerAsync(["rm", "--force", "talker", "bound", "caller"], CancellationToken.None);
    }

    private static Task<Load> FromDevsPlaceAsync(DockerStack stack, string name, string? device, CancellationToken cancellationToken)
    {
        var probes = Path.GetDirectoryName(RepositoryFiles.Probe("load.py"));
        return Load.StartAsync(
            stack.Lab.Host,
            [
                "env", .. DockerEngine.Surroundings.Select(pair => $"{pair.Key}={pair.Value}"),
                "docker", "run", "--interactive", "--rm", "--name", name, "--network", "container:vpn", "--user", "1000:1000", "--cap-drop", "ALL",
                "--volume", $"{probes}:{probes}:ro", "--entrypoint", "env", "culvert-dev",
            ],
            [.. Load.Everywhere, stack.Lab.Exit1.Address],
            device,
            cancellationToken);
    }
}
