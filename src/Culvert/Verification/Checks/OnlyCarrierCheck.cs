using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Verification.Checks;

/// <summary>Whatever a dev process tries, nothing but the carrier leaves by the uplink.</summary>
internal sealed class OnlyCarrierCheck : ICheck
{
    private static readonly IPAddress PublicServer = IPAddress.Parse("1.1.1.1");
    private static readonly IPAddress OtherPublicServer = IPAddress.Parse("9.9.9.9");
    private static readonly IPAddress Ssdp = IPAddress.Parse("239.255.255.250");

    public string Id => "only-carrier";

    public string Title => "Nothing but the carrier leaves";

    public bool NeedsQuiet => false;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var probes = ProbesFor(examination.Target);
        var (guarded, twin) = await LeakTrial.RunBothAsync(examination, probes, cancellationToken);
        return Judge(probes, guarded, twin, new CarrierFilter(examination.Target.Namespace.Carriers));
    }

    internal static Judgement Judge(IReadOnlyList<LeakProbe> probes, LeakTrial guarded, LeakTrial twin, CarrierFilter carriers)
    {
        var disguised = probes.Select(probe => probe.FromPort).OfType<int>().ToHashSet();
        return LeakJudge.Judge(
            "on the uplink only the carrier's packets and ARP, whatever a process without rights tries",
            probes,
            guarded,
            twin,
            flow => !carriers.MayLeave(flow) || disguised.Contains(flow.SourcePort),
            [
                .. probes.Zip(guarded.Answers).Where(pair => pair.Second.Answered)
                    .Select(pair => $"{pair.First.Title} was answered: {pair.Second.Describe()}"),
            ]);
    }

    private static IReadOnlyList<LeakProbe> ProbesFor(VerifyTarget target)
    {
        var uplink = target.Namespace.Uplink.Name;
        return
        [
            LeakProbe.Tcp($"TCP bound to {uplink}", PublicServer, 443, uplink),
            LeakProbe.Udp($"UDP (QUIC) bound to {uplink}", PublicServer, 443, uplink),
            LeakProbe.Icmp($"ICMP echo as root bound to {uplink}", OtherPublicServer, uplink),
            LeakProbe.Dns("DNS to the uplink's gateway", target.UplinkGateway, target.ProviderName, tcp: false, device: null),
            LeakProbe.Tcp("TCP to the uplink's gateway", target.UplinkGateway, 80, device: null),
            LeakProbe.Udp($"DHCP broadcast bound to {uplink}", IPAddress.Broadcast, 67, uplink),
            LeakProbe.Udp($"SSDP multicast bound to {uplink}", Ssdp, 1900, uplink),
            .. target.Namespace.Carriers.SelectMany(carrier => Disguised(carrier, uplink)),
        ];
    }

    // The guard knows the carrier by address, port and user; each try has all but one of them right.
    private static IEnumerable<LeakProbe> Disguised(Carrier carrier, string uplink)
    {
        if (carrier is not { Port: { } port })
        {
            yield break;
        }

        var address = carrier.Address is { } text ? IPAddress.Parse(text) : PublicServer;
        var protocol = carrier.Protocol == "udp" ? FrameHeader.Udp : FrameHeader.Tcp;
        var fromPort = Random.Shared.Next(20000, 30000);
        yield return LeakProbe.AsCarrier($"the carrier's {address}:{port} as nobody", protocol, new IPEndPoint(address, port), fromPort, uplink);
        // Root inside is the carrier's user where AdGuard's client is root; it is not in its group.
        yield return LeakProbe.AsCarrier($"the carrier's {address}:{port} as root", protocol, new IPEndPoint(address, port), fromPort + 10000, uplink, asRoot: true);
        if (carrier.Address is null)
        {
            yield break;
        }

        var otherPort = port == 65535 ? port - 1 : port + 1;
        yield return LeakProbe.Tcp($"another port of the carrier's {address}", address, otherPort, uplink);
    }
}
