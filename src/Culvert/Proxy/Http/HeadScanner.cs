namespace Culvert.Proxy.Http;

/// <summary>
/// Finds the end of a head (or of a trailer section) in bytes as they come, and refuses what could be read in two ways:
/// a bare LF, a bare CR, NUL, control characters (RFC 9112 section 2.2), too long a first line, too much of it. The
/// result depends on the bytes only, never on how they were split.
/// </summary>
internal sealed class HeadScanner(bool hasStartLine)
{
    public const int MaximumStartLine = 8 * 1024;
    public const int MaximumLength = 64 * 1024;
    public const int MaximumFields = 256;

    private int _lines;
    private int _lineStart;
    private int _searched;

    /// <summary>Where the head begins: behind an empty line that some clients leave after a body (section 2.2).</summary>
    public int Start { get; private set; }

    /// <summary>The length with the empty line at its end, null while more is needed, or why it is refused.</summary>
    public Outcome<int>? Scan(ReadOnlySpan<byte> received)
    {
        while (true)
        {
            var feed = received[_searched..].IndexOf((byte)'\n');
            _searched = feed < 0 ? received.Length : _searched + feed + 1;
            if (CheckSize(_searched) is { } tooLarge)
            {
                return tooLarge;
            }

            if (feed < 0)
            {
                return null;
            }

            var line = received[_lineStart.._searched];
            if (!line.EndsWith("\r\n"u8) || HasControl(line[..^2]))
            {
                return ProxyFailure.BadRequest;
            }

            _lineStart = _searched;
            if (line.Length > 2)
            {
                _lines++;
            }
            else if (!hasStartLine || _lines > 0)
            {
                return _searched;
            }
            else if (Start > 0)
            {
                return ProxyFailure.BadRequest;
            }
            else
            {
                Start = _searched;
            }
        }
    }

    private ProxyFailure? CheckSize(int end)
    {
        if (hasStartLine && _lines == 0 && end - _lineStart > MaximumStartLine)
        {
            return ProxyFailure.RequestLineTooLong;
        }

        return end > MaximumLength || _lines > MaximumFields ? ProxyFailure.HeadersTooLarge : null;
    }

    // HTAB may stand inside a field; where it may not, the grammar of the line says so.
    private static bool HasControl(ReadOnlySpan<byte> line)
    {
        for (var rest = line; rest.IndexOfAnyInRange((byte)0, (byte)0x1F) is >= 0 and var at; rest = rest[(at + 1)..])
        {
            if (rest[at] != '\t')
            {
                return true;
            }
        }

        return line.Contains((byte)0x7F);
    }
}
