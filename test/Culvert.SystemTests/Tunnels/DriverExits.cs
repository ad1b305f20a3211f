using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Tunnels;

/// <summary>Every server that a client of any driver could reach.</summary>
internal sealed class DriverExits(LabInternet lab, IReadOnlyList<LabWireGuardExit> wireGuard)
{
    /// <summary>How OpenVPN's servers are started from now on.</summary>
    public ExitOptions Options { get; set; } = ExitOptions.Default;

    private LabExit[] OpenVpn => [lab.Exit1, lab.Exit2];

    /// <summary>They live and say nothing for this long.</summary>
    public async Task SilenceAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        Silence();
        await Task.Delay(time, cancellationToken);
        Resume();
    }

    public void Silence()
    {
        Array.ForEach(OpenVpn, exit => exit.Silence());
        Array.ForEach([.. wireGuard], exit => exit.Silence());
    }

    public void Resume()
    {
        Array.ForEach(OpenVpn, exit => exit.Resume());
        Array.ForEach([.. wireGuard], exit => exit.Resume());
    }

    /// <summary>Kills them.</summary>
    public Task StopAsync() => Task.WhenAll([.. OpenVpn.Select(exit => exit.StopAsync()), .. wireGuard.Select(exit => exit.StopAsync())]);

    /// <summary>Kills those of exit 1 or 2.</summary>
    public Task StopAsync(int exit) => Task.WhenAll([OpenVpn[exit - 1].StopAsync(), .. WireGuardOf(exit).Select(server => server.StopAsync())]);

    /// <summary>They are there again after <see cref="StopAsync()"/>.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(
        [.. OpenVpn.Select(exit => exit.StartAsync(Options, cancellationToken)), .. wireGuard.Select(exit => exit.StartAsync(cancellationToken))]);

    /// <summary>Those of exit 1 or 2 are there again.</summary>
    public Task StartAsync(int exit, CancellationToken cancellationToken) => Task.WhenAll(
        [OpenVpn[exit - 1].StartAsync(Options, cancellationToken), .. WireGuardOf(exit).Select(server => server.StartAsync(cancellationToken))]);

    private IEnumerable<LabWireGuardExit> WireGuardOf(int exit) => wireGuard.Skip(exit - 1).Take(1);
}
