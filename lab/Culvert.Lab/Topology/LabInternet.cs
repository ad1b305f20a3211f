using Culvert.Lab.Certificates;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>
/// A whole internet on one machine: an ISP, two exits, LLM providers, a DNS-over-TLS resolver, an eavesdropper, and the host under
/// test. Everything real that can be; nothing of it outlives this object or the program that made it.
/// </summary>
public sealed class LabInternet : IAsyncDisposable
{
    private static readonly string[] Exits = ["203.0.113.11", "203.0.113.12"];
    private readonly LabAuthority authority;

    private LabInternet(LabSandbox sandbox, LabAuthority authority, LabMachine host, LegCounters counters)
    {
        this.authority = authority;
        Sandbox = sandbox;
        Host = host;
        Isp = sandbox.Namespace(Wiring.Isp);
        Counters = counters;
        Exit1 = new LabExit(sandbox, 1, authority);
        Exit2 = new LabExit(sandbox, 2, authority);
        var services = sandbox.Namespace(Wiring.Providers);
        Providers = new ProviderFarm(services, authority);
        Dot = new DotResolver(services, authority);
        Eavesdropper = new Eavesdropper(sandbox.Namespace(Wiring.Eavesdropper));
    }

    public LabSandbox Sandbox { get; }

    /// <summary>The machine under test; culvert is run here. See <see cref="StackInput"/> for what lies in its /etc/culvert.</summary>
    public LabMachine Host { get; }

    public LabPlace Isp { get; }

    /// <summary>Everything that leaves the host, at the ISP.</summary>
    public LegCounters Counters { get; }

    public LabExit Exit1 { get; }

    public LabExit Exit2 { get; }

    public ProviderFarm Providers { get; }

    public DotResolver Dot { get; }

    public Eavesdropper Eavesdropper { get; }

    public static async Task<LabInternet> StartAsync(CancellationToken cancellationToken)
    {
        var sandbox = await LabSandbox.StartAsync(cancellationToken);
        try
        {
            await Wiring.ConnectAsync(sandbox, cancellationToken);
            var authority = new LabAuthority();
            var host = await sandbox.StartMachineAsync(Wiring.Host, cancellationToken);
            var counters = await LegCounters.InstallAsync(
                sandbox.Namespace(Wiring.Isp), Wiring.HostLeg, Exits, cancellationToken);
            var lab = new LabInternet(sandbox, authority, host, counters);
            StackInput.Write(host, [lab.Exit1, lab.Exit2]);
            await Task.WhenAll(
                Trust.SetUpAsync(host, authority, $"{LabAddresses.IspResolver}", cancellationToken),
                lab.Exit1.StartAsync(ExitOptions.Default, cancellationToken),
                lab.Exit2.StartAsync(ExitOptions.Default, cancellationToken),
                lab.Providers.StartAsync(cancellationToken),
                lab.Dot.StartAsync(cancellationToken),
                lab.Eavesdropper.StartAsync(cancellationToken));
            return lab;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a machine with Docker's networks beside the host; see <see cref="LabBox"/>. At most one a lab.</summary>
    public async Task<LabBox> AddBoxAsync(CancellationToken cancellationToken)
    {
        await BoxWiring.ConnectAsync(Sandbox, cancellationToken);
        var neighbour = Sandbox.Namespace(BoxWiring.Neighbour);
        var machines = await Task.WhenAll(
            Sandbox.StartMachineAsync(BoxWiring.Box, cancellationToken),
            Sandbox.StartMachineAsync(BoxWiring.App, cancellationToken));
        var (box, app) = (machines[0], machines[1]);
        await Task.WhenAll(machines.Select(machine => Trust.SetUpAsync(machine, authority, $"{LabAddresses.IspResolver}", cancellationToken)));
        StackInput.Write(box, [Exit1, Exit2]);
        app.WriteFile("/etc/hosts", $"127.0.0.1 localhost\n{LabBox.VpnNetAddress} vpn\n");
        var uplink = await LegCounters.InstallAsync(neighbour, LabBox.UplinkLeg, Exits, cancellationToken);
        var vpnNet = await LegCounters.InstallAsync(neighbour, LabBox.VpnNetLeg, Exits, cancellationToken);
        var mac = await box.RequireAsync("cat", ["/sys/class/net/uplink/address"], cancellationToken);
        return new LabBox(box, app, neighbour, uplink, vpnNet, mac.Trim());
    }

    /// <summary>Records packets on the host's cable, as the ISP sees it.</summary>
    public Task<Capture> CaptureAsync(IReadOnlyList<string> filter, CancellationToken cancellationToken) =>
        Capture.StartAsync(Isp, Wiring.HostLeg, filter, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        authority.Dispose();
    }
}
