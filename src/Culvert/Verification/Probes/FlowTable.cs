using System.Net;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>Counts frames by flow in bounded memory, the capture's own proof frames apart.</summary>
internal sealed class FlowTable(IPAddress ownAddress, int most)
{
    private readonly Dictionary<FrameHeader, long> _flows = [];

    public long Frames { get; private set; }

    /// <summary>Frames of flows that found no room.</summary>
    public long NotListed { get; private set; }

    public int ProofsSeen { get; private set; }

    public IReadOnlyList<CapturedFlow> Flows => [.. _flows.Select(flow => CapturedFlow.Of(flow.Key, flow.Value))];

    public void Add(FrameHeader header)
    {
        if (IsProof(header))
        {
            ProofsSeen++;
            return;
        }

        Frames++;
        if (_flows.TryGetValue(header, out var count) || _flows.Count < most)
        {
            _flows[header] = count + 1;
        }
        else
        {
            NotListed++;
        }
    }

    // An ARP probe for the interface's own address; nobody else sends one while the address is in use.
    private bool IsProof(FrameHeader header) =>
        header.EtherType == FrameHeader.ArpType && IPAddress.Any.Equals(header.Source) && ownAddress.Equals(header.Destination);
}
