using System.Buffers;

namespace Culvert.Proxy.Engine;

/// <summary>Buffers of the proxy, lent and given back; it knows how many are out, so that a test sees one that is lost.</summary>
internal static class BufferPool
{
    private static int _lent;

    public static int Lent => Volatile.Read(ref _lent);

    public static byte[] Rent(int capacity)
    {
        Interlocked.Increment(ref _lent);
        return ArrayPool<byte>.Shared.Rent(capacity);
    }

    /// <summary>What was written into it may be a secret, and is wiped before the buffer serves someone else.</summary>
    public static void GiveBack(byte[] buffer, int written)
    {
        buffer.AsSpan(0, written).Clear();
        ArrayPool<byte>.Shared.Return(buffer);
        Interlocked.Decrement(ref _lent);
    }
}
