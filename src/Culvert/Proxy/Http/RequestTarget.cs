using System.Buffers.Text;

namespace Culvert.Proxy.Http;

/// <summary>A request target that a proxy serves: where to, and which part of the line goes to the server.</summary>
internal sealed record RequestTarget(Destination Destination, Range Path)
{
    private const int HttpPort = 80;

    /// <summary>authority-form, for CONNECT: host:port, the port always there (RFC 9112 section 3.2.3).</summary>
    public static RequestTarget? ParseAuthority(ReadOnlySpan<byte> target)
    {
        var colon = target.LastIndexOf((byte)':');
        return colon > 0 && ParsePort(target[(colon + 1)..]) is { } port && ParseHost(target[..colon], port) is { } destination
            ? new RequestTarget(destination, default)
            : null;
    }

    /// <summary>
    /// absolute-form with http (RFC 9112 section 3.2.2). User information is refused, as RFC 9110 section 4.2.4 allows:
    /// it is a credential in a place that gets logged; a fragment never belongs on the wire.
    /// </summary>
    public static RequestTarget? ParseAbsolute(ReadOnlySpan<byte> target)
    {
        var scheme = "http://"u8;
        if (target.Length <= scheme.Length || !FieldNames.Is(target[..scheme.Length], scheme) || target.Contains((byte)'#'))
        {
            return null;
        }

        var rest = target[scheme.Length..];
        var length = rest.IndexOfAny("/?"u8);
        length = length < 0 ? rest.Length : length;
        var authority = rest[..length];
        var bracket = authority.LastIndexOf((byte)']');
        var colon = authority[(bracket + 1)..].IndexOf((byte)':');
        colon = colon < 0 ? -1 : colon + bracket + 1;
        if (colon >= 0 && ParsePort(authority[(colon + 1)..]) is null)
        {
            return null;
        }

        var port = colon < 0 ? HttpPort : ParsePort(authority[(colon + 1)..])!.Value;
        return ParseHost(colon < 0 ? authority : authority[..colon], port) is { } destination
            ? new RequestTarget(destination, (scheme.Length + length)..target.Length)
            : null;
    }

    // An IPv6 address stands in brackets here, or its last group could be taken for a port.
    private static Destination? ParseHost(ReadOnlySpan<byte> host, int port) =>
        host.Contains((byte)':') && !host.StartsWith("["u8) ? null : Destination.Parse(host, port);

    private static int? ParsePort(ReadOnlySpan<byte> digits) =>
        digits.Length is > 0 and <= 5
        && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && Utf8Parser.TryParse(digits, out int port, out _)
        && port is > 0 and <= 65535 ? port : null;
}
