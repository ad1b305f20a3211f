using Culvert.Linux;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Relay;

/// <summary>
/// Moves bulk by splice(2): pages pass from socket to socket through a pipe without a copy. The pipe is lent while bytes
/// move, and given back whenever the source runs dry.
/// </summary>
internal sealed class Splicer
{
    private KernelPipe? _pipe;

    private Splicer(KernelPipe pipe) => _pipe = pipe;

    /// <summary>Null when no pipe is to be had.</summary>
    public static Splicer? TryBegin() => PipePool.TryTake() is { } pipe ? new Splicer(pipe) : null;

    /// <summary>False when all pipes are lent: then bytes are copied again.</summary>
    public bool HasPipe() => (_pipe ??= PipePool.TryTake()) is not null;

    /// <summary>With a pipe only. Bytes sent. <paramref name="halt"/> is null when it may go on at once.</summary>
    public int Move(ReactorSocket from, ReactorSocket to, out Halt? halt)
    {
        var pipe = _pipe!;
        if (pipe.Held == 0)
        {
            // The pipe is empty, so "try again" is the source's word.
            var count = from.Receive(pipe, PipePool.PipeSize);
            if (count <= 0)
            {
                halt = count == 0 ? Halt.Ended : count == -Errno.TryAgain ? Halt.SourceDry : Halt.SourceBroken;
                Release();
                return 0;
            }
        }

        return Drain(pipe, to, out halt);
    }

    /// <summary>The pipe goes back; with bytes inside, which no one will send any more, it is closed.</summary>
    public void Release()
    {
        if (_pipe is { } pipe)
        {
            _pipe = null;
            PipePool.GiveBack(pipe);
        }
    }

    private static int Drain(KernelPipe pipe, ReactorSocket to, out Halt? halt)
    {
        var total = 0;
        while (pipe.Held > 0)
        {
            var sent = to.Send(pipe);
            if (sent <= 0)
            {
                halt = sent == -Errno.TryAgain ? Halt.SinkFull : Halt.SinkBroken;
                return total;
            }

            total += sent;
        }

        halt = null;
        return total;
    }
}
