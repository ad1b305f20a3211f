namespace Culvert.Proxy.Http;

/// <summary>
/// Follows a chunked body (RFC 9112 section 7.1) through bytes as they come, so that they can be passed on as they are.
/// <code>
/// Size ─digits→ Size ─CR→ SizeFeed ─LF→ Data ─n bytes→ DataReturn ─CR→ DataFeed ─LF→ Size
///   └─ ; ext ─→ Extension ─CR→ SizeFeed          SizeFeed ─LF, size 0→ Trailers (the end of what this follows)
/// </code>
/// </summary>
internal sealed class ChunkedScanner
{
    private const int MaximumDigits = 15;
    private const int MaximumExtension = 1024;

    private State _state = State.Size;
    private long _remaining;
    private int _digits;
    private int _extension;

    private enum State
    {
        Size,
        Extension,
        SizeFeed,
        Data,
        DataReturn,
        DataFeed,
        Trailers,
    }

    /// <summary>The last chunk's line is behind; the trailer section is next.</summary>
    public bool IsAtTrailers => _state == State.Trailers;

    /// <summary>How many of these bytes belong to chunks and may be passed on; null when they are not chunked coding.</summary>
    public int? Scan(ReadOnlySpan<byte> bytes)
    {
        var offset = 0;
        while (offset < bytes.Length && _state != State.Trailers)
        {
            if (_state == State.Data)
            {
                var count = (int)Math.Min(_remaining, bytes.Length - offset);
                _remaining -= count;
                offset += count;
                _state = _remaining == 0 ? State.DataReturn : State.Data;
            }
            else if (!Step(bytes[offset++]))
            {
                return null;
            }
        }

        return offset;
    }

    private bool Step(byte next) => _state switch
    {
        State.Size => StepSize(next),
        State.Extension => StepExtension(next),
        State.SizeFeed => next == '\n' && BeginChunk(),
        State.DataReturn => next == '\r' && Enter(State.DataFeed),
        State.DataFeed => next == '\n' && Enter(State.Size),
        _ => false,
    };

    private bool StepSize(byte next)
    {
        if (char.IsAsciiHexDigit((char)next))
        {
            _remaining = (_remaining << 4) | (uint)(next <= '9' ? next - '0' : (next | 0x20) - 'a' + 10);
            return ++_digits <= MaximumDigits;
        }

        return _digits > 0 && ((next == ';' && Enter(State.Extension)) || (next == '\r' && Enter(State.SizeFeed)));
    }

    // A bare LF or another control in an extension is where two readers would disagree on the chunk's length.
    private bool StepExtension(byte next)
    {
        if (next == '\r')
        {
            return Enter(State.SizeFeed);
        }

        return ++_extension <= MaximumExtension && (next is >= 0x20 and not 0x7F || next == '\t');
    }

    private bool BeginChunk()
    {
        _state = _remaining == 0 ? State.Trailers : State.Data;
        (_digits, _extension) = (0, 0);
        return true;
    }

    private bool Enter(State next)
    {
        _state = next;
        return true;
    }
}
