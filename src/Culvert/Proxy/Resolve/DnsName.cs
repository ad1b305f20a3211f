using System.Text;

namespace Culvert.Proxy.Resolve;

/// <summary>Names on the wire: labels behind a length, or a pointer to an earlier place (RFC 1035 sections 3.1 and 4.1.4).</summary>
internal static class DnsName
{
    private const int MaximumLength = 253;
    private const byte Pointer = 0xC0;

    public static int Write(Span<byte> message, int offset, string name)
    {
        foreach (var label in name.AsSpan().Split('.'))
        {
            var text = name.AsSpan(label);
            message[offset++] = (byte)text.Length;
            offset += Encoding.ASCII.GetBytes(text, message[offset..]);
        }

        message[offset++] = 0;
        return offset;
    }

    /// <summary>
    /// Null when malformed. <paramref name="offset"/> moves behind the name. A pointer must lead to before the place
    /// where the reading stands, so a loop cannot form.
    /// </summary>
    public static string? Read(ReadOnlySpan<byte> message, ref int offset)
    {
        var name = new StringBuilder();
        var at = offset;
        var end = -1;
        var floor = offset;
        while (at < message.Length)
        {
            var length = message[at];
            if (length == 0)
            {
                offset = end < 0 ? at + 1 : end;
                return name.ToString();
            }

            if ((length & Pointer) == Pointer)
            {
                if (at + 1 >= message.Length)
                {
                    return null;
                }

                end = end < 0 ? at + 2 : end;
                var target = ((length & ~Pointer) << 8) | message[at + 1];
                if (target >= floor)
                {
                    return null;
                }

                (at, floor) = (target, target);
                continue;
            }

            if ((length & Pointer) != 0 || at + 1 + length > message.Length || name.Length + length + 1 > MaximumLength + 1)
            {
                return null;
            }

            AppendLower(name, message.Slice(at + 1, length));
            at += 1 + length;
        }

        return null;
    }

    // A dot inside a label is escaped, or "a.b" as one label would equal the two labels a and b.
    private static void AppendLower(StringBuilder name, ReadOnlySpan<byte> label)
    {
        if (name.Length > 0)
        {
            name.Append('.');
        }

        foreach (var letter in label)
        {
            if (letter == '.')
            {
                name.Append('\\');
            }

            name.Append(char.IsAsciiLetterUpper((char)letter) ? (char)(letter | 0x20) : (char)letter);
        }
    }
}
