using System.Buffers;

namespace Culvert.Proxy.Http;

/// <summary>Walks the field lines of a scanned block (RFC 9112 section 5). It holds no copy of any value.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> block)
{
    /// <summary>The characters of a token (RFC 9110 section 5.6.2).</summary>
    public static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private readonly ReadOnlySpan<byte> _block = block;
    private int _offset;

    /// <summary>The whole line with its CRLF.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Without the white space around it.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where <see cref="Value"/> begins in the block.</summary>
    public int ValueOffset { get; private set; }

    /// <summary>A line broke the grammar: no name, space before the colon, or a folded line.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>False at the empty line that ends the block, or at a malformed one.</summary>
    public bool Next()
    {
        var rest = _block[_offset..];
        var length = rest.IndexOf("\r\n"u8);
        if (length <= 0)
        {
            return false;
        }

        Line = rest[..(length + 2)];
        var colon = Line.IndexOf((byte)':');
        if (colon <= 0 || Line[..colon].ContainsAnyExcept(TokenBytes))
        {
            IsMalformed = true;
            return false;
        }

        Name = Line[..colon];
        var value = Line[(colon + 1)..^2];
        var leading = value.Length - value.TrimStart(" \t"u8).Length;
        Value = value.Trim(" \t"u8);
        ValueOffset = _offset + colon + 1 + leading;
        _offset += Line.Length;
        return true;
    }
}
