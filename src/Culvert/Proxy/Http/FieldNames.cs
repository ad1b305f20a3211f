using System.Text;

namespace Culvert.Proxy.Http;

/// <summary>Field names that mean something to a proxy.</summary>
internal static class FieldNames
{
    /// <summary>
    /// Fields that end at a proxy (RFC 9110 section 7.6.1 and 11.7): they speak of one connection, or to the proxy
    /// itself. Transfer-Encoding and Upgrade are written anew where they apply.
    /// </summary>
    public static bool IsHopByHop(ReadOnlySpan<byte> name) =>
        Is(name, "Connection"u8) || Is(name, "Keep-Alive"u8) || Is(name, "Proxy-Connection"u8)
        || Is(name, "Proxy-Authorization"u8) || Is(name, "Proxy-Authenticate"u8) || Is(name, "Proxy-Authentication-Info"u8)
        || Is(name, "TE"u8) || Is(name, "Transfer-Encoding"u8) || Is(name, "Upgrade"u8) || Is(name, "HTTP2-Settings"u8);

    /// <summary>Fields that decide where a message goes or ends; Connection must not name them away, nor a trailer add them.</summary>
    public static bool IsFraming(ReadOnlySpan<byte> name) =>
        Is(name, "Content-Length"u8) || Is(name, "Transfer-Encoding"u8) || Is(name, "Host"u8);

    public static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);
}
