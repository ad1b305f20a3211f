using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Culvert.Proxy;

/// <summary>
/// Hosts as clients write them. What inet_aton(3) takes for an IPv4 address (127.1, 0x7f.1, 2130706433, 0177.0.0.1)
/// is an address here too: were it sent to DNS as a name, whoever answers would choose what it means.
/// </summary>
internal static class HostText
{
    private const int MaximumName = 253;
    private const int MaximumLabel = 63;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."u8);

    /// <summary><paramref name="looksNumeric"/> with null: a malformed address, which must not be taken for a name.</summary>
    public static IPAddress? ParseAddress(ReadOnlySpan<byte> host, out bool looksNumeric)
    {
        if (host.Contains((byte)':') || host.StartsWith("["u8))
        {
            looksNumeric = true;
            return ParseIPv6(host);
        }

        host = WithoutTrailingDot(host);
        var last = host[(host.LastIndexOf((byte)'.') + 1)..];
        looksNumeric = last.Length > 0 && (!last.ContainsAnyExceptInRange((byte)'0', (byte)'9') || ParseNumber(last) is not null);
        return looksNumeric ? ParseIPv4(host) : null;
    }

    /// <summary>Letters, digits, hyphens and underscores in labels of 1 to 63 bytes, 253 in all; returned in lower case.</summary>
    public static string? ParseName(ReadOnlySpan<byte> host)
    {
        host = WithoutTrailingDot(host);
        if (host.Length is 0 or > MaximumName || host.ContainsAnyExcept(NameBytes))
        {
            return null;
        }

        foreach (var label in host.Split((byte)'.'))
        {
            if (host[label].Length is 0 or > MaximumLabel)
            {
                return null;
            }
        }

        Span<byte> lower = stackalloc byte[host.Length];
        Ascii.ToLower(host, lower, out _);
        return Encoding.ASCII.GetString(lower);
    }

    private static ReadOnlySpan<byte> WithoutTrailingDot(ReadOnlySpan<byte> host) =>
        host.EndsWith("."u8) ? host[..^1] : host;

    private static IPAddress? ParseIPv6(ReadOnlySpan<byte> host)
    {
        if (host.StartsWith("["u8) != host.EndsWith("]"u8))
        {
            return null;
        }

        host = host.StartsWith("["u8) ? host[1..^1] : host;

        // A zone (fe80::1%eth0) names an interface of this namespace, and a port or prefix has no place here.
        if (host.Length > 45 || !host.Contains((byte)':') || host.IndexOfAny("%/[]"u8) >= 0 || !Ascii.IsValid(host))
        {
            return null;
        }

        return IPAddress.TryParse(host, out var address) ? address : null;
    }

    // inet_aton: one to four numbers; all but the last fill a byte each, the last fills what remains.
    private static IPAddress? ParseIPv4(ReadOnlySpan<byte> host)
    {
        uint address = 0;
        var parts = host.Count((byte)'.') + 1;
        if (parts > 4)
        {
            return null;
        }

        var index = 0;
        foreach (var range in host.Split((byte)'.'))
        {
            var isLast = ++index == parts;
            var bits = isLast ? 8 * (5 - parts) : 8;
            if (ParseNumber(host[range]) is not { } number || number >= 1UL << bits)
            {
                return null;
            }

            address |= (uint)number << (isLast ? 0 : 32 - (8 * index));
        }

        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, address);
        return new IPAddress(octets);
    }

    // 0x is hexadecimal and a leading 0 octal, as strtoul with base 0 reads them. Saturates above 32 bits.
    private static ulong? ParseNumber(ReadOnlySpan<byte> digits)
    {
        var radix = 10u;
        if (digits.Length > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x')
        {
            radix = 16;
            digits = digits[2..];
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            radix = 8;
            digits = digits[1..];
        }

        var number = 0UL;
        foreach (var digit in digits)
        {
            var value = DigitValue(digit);
            if (value >= radix)
            {
                return null;
            }

            number = Math.Min((number * radix) + value, 1UL << 32);
        }

        return digits.IsEmpty ? null : number;
    }

    private static uint DigitValue(byte digit) => (uint)digit switch
    {
        >= '0' and <= '9' => digit - (uint)'0',
        >= 'a' and <= 'f' => digit - (uint)'a' + 10,
        >= 'A' and <= 'F' => digit - (uint)'A' + 10,
        _ => uint.MaxValue,
    };
}
