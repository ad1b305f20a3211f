using System.Net;

namespace Culvert.Proxy.Socks.Udp;

/// <summary>
/// What one association sends to one destination. It is known by the bytes of its header, so that a datagram costs a
/// comparison; the address that was checked first is the one that is sent to, as long as it lives.
/// </summary>
internal sealed class UdpFlow(byte[] header, Destination destination, long now)
{
    private const int MaximumWaiting = 8;

    private readonly List<byte[]> _waiting = [];

    public ReadOnlySpan<byte> Header => header;

    public Destination Destination => destination;

    /// <summary>Null while it is being resolved.</summary>
    public IPEndPoint? Target { get; private set; }

    public long Began { get; } = now;

    public long LastUsed { get; set; } = now;

    public long Up { get; set; }

    public long Down { get; set; }

    /// <summary>Keeps a datagram until there is a target; false when enough wait.</summary>
    public bool TryWait(ReadOnlySpan<byte> data)
    {
        if (_waiting.Count >= MaximumWaiting)
        {
            return false;
        }

        _waiting.Add(data.ToArray());
        return true;
    }

    /// <summary>What has waited for this, in its order.</summary>
    public IReadOnlyList<byte[]> Reaches(IPEndPoint target)
    {
        Target = target;
        byte[][] waited = [.. _waiting];
        _waiting.Clear();
        return waited;
    }

    public int Waiting => _waiting.Count;
}
