using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Relay;

/// <summary>Why a pump stands still for now, or for good.</summary>
internal enum Halt
{
    SourceDry,
    SinkFull,

    /// <summary>It has moved much, and others on the loop wait.</summary>
    TurnOver,

    Ended,
    SourceBroken,
    SinkBroken,
}

/// <summary>
/// One direction of a tunnel. Small data is copied; after a few full reads it is bulk, and is spliced until it is no more.
/// What the sink does not take is held, and nothing is read until it has gone: a peer that stops reading stops its sender
/// through TCP itself.
/// </summary>
internal sealed class Pump(Wire from, Wire to, Tally tally, bool isUp)
{
    private const int FullReadsOfBulk = 2;

    // A splice that brings less than this pays no more than a copy; so many in a row, and it is not bulk any more.
    private const int SmallSplice = 16 * 1024;
    private const int SmallSplicesOfRest = 8;
    private const int BytesOfTurn = 1024 * 1024;

    private Copier _copier;
    private Splicer? _splicer;
    private int _run;

    /// <summary>False when a side broke off; then the other is reset.</summary>
    public async Task<bool> RunAsync()
    {
        try
        {
            TakeBuffered();
            while (true)
            {
                switch (MoveOneTurn())
                {
                    case Halt.SourceDry:
                        await from.Socket.Readable.WaitAsync();
                        break;
                    case Halt.SinkFull:
                        await to.Socket.Writable.WaitAsync();
                        break;
                    case Halt.TurnOver:
                        await Reactor.YieldAsync();
                        break;
                    case Halt.Ended:
                        to.ShutdownSend();
                        return true;
                    case Halt.SourceBroken:
                        to.Abort();
                        return false;
                    default:
                        from.Abort();
                        return false;
                }
            }
        }
        finally
        {
            _copier.Release();
            _splicer?.Release();
        }
    }

    // Bytes that came behind the handshake.
    private void TakeBuffered()
    {
        var early = from.Buffered;
        _copier.Hold(early.Span);
        from.Consume(early.Length);
    }

    private Halt MoveOneTurn()
    {
        for (var moved = 0; moved < BytesOfTurn;)
        {
            var splicer = _splicer is { } bulk && bulk.HasPipe() ? bulk : _splicer = null;
            var count = splicer is not null ? splicer.Move(from.Socket, to.Socket, out var halt) : _copier.Move(from.Socket, to.Socket, out halt);
            moved += count;
            Count(count);
            if (halt is { } known)
            {
                return known;
            }

            ChooseWay(count);
        }

        return Halt.TurnOver;
    }

    private void ChooseWay(int count)
    {
        if (_splicer is null)
        {
            _run = count >= Copier.ScratchSize ? _run + 1 : 0;
            if (_run >= FullReadsOfBulk)
            {
                (_splicer, _run) = (Splicer.TryBegin(), 0);
            }

            return;
        }

        _run = count < SmallSplice ? _run + 1 : 0;
        if (_run >= SmallSplicesOfRest)
        {
            _splicer.Release();
            (_splicer, _run) = (null, 0);
        }
    }

    private void Count(int count)
    {
        if (count == 0)
        {
            return;
        }

        if (isUp)
        {
            tally.AddUp(count);
        }
        else
        {
            tally.AddDown(count);
        }
    }
}
