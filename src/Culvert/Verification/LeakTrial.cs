using System.Net;
using Culvert.Linux;
using Culvert.Verification.Probes;

namespace Culvert.Verification;

/// <summary>What left by an interface while leaks were tried, and what each try came to, in the order of the probes.</summary>
internal sealed record LeakTrial(CaptureReport Capture, IReadOnlyList<ProbeAnswer> Answers)
{
    // Longer than the first TCP retransmission and an ARP exchange: what leaves late is still seen.
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(1.2);

    /// <summary>Makes the tries behind the guard and, at the same time, in a twin without one.</summary>
    public static async Task<(LeakTrial Guarded, LeakTrial Twin)> RunBothAsync(
        Examination examination, IReadOnlyList<LeakProbe> probes, CancellationToken cancellationToken)
    {
        var target = examination.Target;
        var uplink = target.Namespace.Uplink.Name;
        var guarded = RunAsync(examination, target.Dev, uplink, target.UplinkAddress, probes, cancellationToken);
        var twin = RunInTwinAsync(examination, probes, cancellationToken);
        await Task.WhenAll(guarded, twin);
        return (await guarded, await twin);
    }

    private static async Task<LeakTrial> RunInTwinAsync(
        Examination examination, IReadOnlyList<LeakProbe> probes, CancellationToken cancellationToken)
    {
        var target = examination.Target;
        examination.Used("a twin: two throw-away namespaces joined by a veth pair, addressed like the uplink, without a guard");
        await using var twin = await Twin.CreateAsync(
            target.Namespace.Uplink.Name, target.UplinkAddress, target.UplinkGateway, cancellationToken);
        return await RunAsync(examination, twin.Standpoint, target.Namespace.Uplink.Name, target.UplinkAddress, probes, cancellationToken);
    }

    private static async Task<LeakTrial> RunAsync(
        Examination examination,
        Standpoint at,
        string uplink,
        IPAddress ownAddress,
        IReadOnlyList<LeakProbe> probes,
        CancellationToken cancellationToken)
    {
        await using var capture = await examination.CaptureAsync(at, uplink, ownAddress, cancellationToken);
        var answers = await examination.ProbeAllAsync(at, probes.Select(probe => probe.Request), cancellationToken);
        await Task.Delay(Afterwards, cancellationToken);
        return new LeakTrial(await capture.StopAsync(cancellationToken), answers);
    }
}
