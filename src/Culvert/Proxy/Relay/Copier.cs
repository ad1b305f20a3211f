using Culvert.Linux;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Relay;

/// <summary>Moves small data through one buffer of the thread; only what the sink does not take at once is kept.</summary>
internal struct Copier
{
    public const int ScratchSize = 64 * 1024;

    [ThreadStatic]
    private static byte[]? _scratch;

    private byte[]? _held;
    private int _start;
    private int _end;

    /// <summary>Bytes sent. <paramref name="halt"/> is null when it may go on at once.</summary>
    public int Move(ReactorSocket from, ReactorSocket to, out Halt? halt)
    {
        if (_held is not null)
        {
            return SendHeld(to, out halt);
        }

        var scratch = _scratch ??= GC.AllocateUninitializedArray<byte>(ScratchSize);
        var count = from.Receive(scratch);
        if (count <= 0)
        {
            halt = count == 0 ? Halt.Ended : count == -Errno.TryAgain ? Halt.SourceDry : Halt.SourceBroken;
            return 0;
        }

        var sent = to.Send(scratch.AsSpan(0, count));
        if (sent < 0 && sent != -Errno.TryAgain)
        {
            halt = Halt.SinkBroken;
            return 0;
        }

        sent = Math.Max(0, sent);
        Hold(scratch.AsSpan(sent, count - sent));
        halt = sent < count ? Halt.SinkFull : null;
        return sent;
    }

    public void Hold(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _held = BufferPool.Rent(bytes.Length);
            bytes.CopyTo(_held);
            (_start, _end) = (0, bytes.Length);
        }
    }

    public void Release()
    {
        if (_held is { } held)
        {
            _held = null;
            BufferPool.GiveBack(held, _end);
        }
    }

    private int SendHeld(ReactorSocket to, out Halt? halt)
    {
        var sent = to.Send(_held.AsSpan(_start, _end - _start));
        if (sent < 0)
        {
            halt = sent == -Errno.TryAgain ? Halt.SinkFull : Halt.SinkBroken;
            return 0;
        }

        _start += sent;
        halt = _start < _end ? Halt.SinkFull : null;
        if (halt is null)
        {
            Release();
        }

        return sent;
    }
}
