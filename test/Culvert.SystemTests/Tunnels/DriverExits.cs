using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Tunnels;

/// <summary>Every server that a client of any driver could reach.</summary>
internal sealed class DriverExits(LabInternet lab, IReadOnlyList<LabWireGuardExit> wireGuard)
{
    private LabExit[] OpenVpn => [lab.Exit1, lab.Exit2];

    /// <summary>They live and say nothing for this long.</summary>
    public async Task SilenceAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        Array.ForEach(OpenVpn, exit => exit.Silence());
        Array.ForEach([.. wireGuard], exit => exit.Silence());
        await Task.Delay(time, cancellationToken);
        Array.ForEach(OpenVpn, exit => exit.Resume());
        Array.ForEach([.. wireGuard], exit => exit.Resume());
    }

    /// <summary>Kills them.</summary>
    public Task StopAsync() => Task.WhenAll([.. OpenVpn.Select(exit => exit.StopAsync()), .. wireGuard.Select(exit => exit.StopAsync())]);

    /// <summary>They are there again after <see cref="StopAsync"/>.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(
        [.. OpenVpn.Select(exit => exit.StartAsync(ExitOptions.Default, cancellationToken)), .. wireGuard.Select(exit => exit.StartAsync(cancellationToken))]);
}
