namespace Culvert.Proxy.Relay;

/// <summary>Bytes that passed in each direction. Both pumps write to it; it is read when they have ended.</summary>
internal sealed class Tally
{
    private long _up;
    private long _down;

    public long Up => Interlocked.Read(ref _up);

    public long Down => Interlocked.Read(ref _down);

    public void AddUp(long count) => Interlocked.Add(ref _up, count);

    public void AddDown(long count) => Interlocked.Add(ref _down, count);
}
