using System.Net;

namespace Culvert.Proxy.Socks.Udp;

/// <summary>The flows of one association; callers hold its lock. Few enough to look through.</summary>
internal sealed class FlowTable
{
    public const int Maximum = 256;

    private readonly List<UdpFlow> _flows = [];

    public IReadOnlyList<UdpFlow> All => _flows;

    public UdpFlow? Find(ReadOnlySpan<byte> header)
    {
        foreach (var flow in _flows)
        {
            if (flow.Header.SequenceEqual(header))
            {
                return flow;
            }
        }

        return null;
    }

    /// <summary>The one that sends to this address.</summary>
    public UdpFlow? Find(IPEndPoint target)
    {
        foreach (var flow in _flows)
        {
            if (target.Equals(flow.Target))
            {
                return flow;
            }
        }

        return null;
    }

    /// <summary>Adds it, and returns the one that had to go for it: the one not used for longest.</summary>
    public UdpFlow? Add(UdpFlow flow)
    {
        var oldest = _flows.Count >= Maximum ? _flows.MinBy(known => known.LastUsed) : null;
        if (oldest is not null)
        {
            _flows.Remove(oldest);
        }

        _flows.Add(flow);
        return oldest;
    }

    public void Remove(UdpFlow flow) => _flows.Remove(flow);
}
