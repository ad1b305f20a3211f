using System.Net;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification.Probes;

namespace Culvert.Verification;

/// <summary>Tells the carrier's own packets from everything else that leaves by the uplink.</summary>
internal sealed class CarrierFilter(IReadOnlyList<Carrier> carriers)
{
    public bool IsCarrier(CapturedFlow flow) => flow.EtherType == FrameHeader.IPv4Type && carriers.Any(carrier => Matches(carrier, flow));

    /// <summary>ARP finds the gateway's hardware address; it carries nothing else and goes no further than the link.</summary>
    public bool MayLeave(CapturedFlow flow) => flow.EtherType == FrameHeader.ArpType || IsCarrier(flow);

    private static bool Matches(Carrier carrier, CapturedFlow flow)
    {
        var protocol = carrier.Protocol == "udp" ? FrameHeader.Udp : FrameHeader.Tcp;
        var address = carrier.Address is null ? null : IPAddress.Parse(carrier.Address);
        if (flow.Protocol != protocol || (address is not null && !flow.IsTo(address)))
        {
            return false;
        }

        // A later fragment has no ports; it is the carrier's only when the address says so.
        return flow.LaterFragment ? address is not null : carrier.Port is null || carrier.Port == flow.DestinationPort;
    }
}
