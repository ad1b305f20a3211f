using Culvert.Linux;
using Culvert.Proxy.Accounting;
using Culvert.Stack;

namespace Culvert.Proxy.Socks.Udp;

/// <summary>Datagrams that passed and those that were dropped. Lock-free.</summary>
internal sealed class UdpCounters
{
    private static readonly UdpDrop[] Reasons = Enum.GetValues<UdpDrop>();

    private readonly long[] _dropped = new long[Reasons.Length];
    private int _associations;
    private long _up;
    private long _down;

    public void Opened() => Interlocked.Increment(ref _associations);

    public void Closed() => Interlocked.Decrement(ref _associations);

    public void Dropped(UdpDrop reason) => Interlocked.Increment(ref _dropped[(int)reason]);

    /// <summary>Counts what came of a send; true when it went.</summary>
    public bool Sent(int result, bool isUp)
    {
        if (result < 0)
        {
            Dropped(result == -Errno.MessageTooLong ? UdpDrop.TooLarge : UdpDrop.NotSent);
            return false;
        }

        Interlocked.Increment(ref isUp ? ref _up : ref _down);
        return true;
    }

    /// <summary>Reasons without a datagram are left out.</summary>
    public DatagramsReport Report() => new(
        Volatile.Read(ref _associations),
        Interlocked.Read(ref _up),
        Interlocked.Read(ref _down),
        Reasons.Where(reason => Interlocked.Read(ref _dropped[(int)reason]) > 0)
            .ToDictionary(reason => FailureNames.Hyphenated($"{reason}"), reason => Interlocked.Read(ref _dropped[(int)reason])));
}
