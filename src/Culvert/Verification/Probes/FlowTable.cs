using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>Counts frames by flow in bounded memory, the capture's own proof frames apart.</summary>
internal sealed class FlowTable(int most)
{
    private readonly Dictionary<FrameHeader, long> _flows = [];

    public long Frames { get; private set; }

    /// <summary>Frames of flows that found no room.</summary>
    public long NotListed { get; private set; }

    public int ProofsSeen { get; private set; }

    public IReadOnlyList<CapturedFlow> Flows => [.. _flows.Select(flow => CapturedFlow.Of(flow.Key, flow.Value))];

    public void Add(CapturedFrame frame)
    {
        if (frame.IsProof)
        {
            ProofsSeen++;
            return;
        }

        Frames++;
        if (_flows.TryGetValue(frame.Header, out var count) || _flows.Count < most)
        {
            _flows[frame.Header] = count + 1;
        }
        else
        {
            NotListed++;
        }
    }
}
