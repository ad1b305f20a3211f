using System.Buffers.Binary;
using System.Net;

namespace Culvert.Proxy.Socks;

/// <summary>
/// An address as SOCKS5 writes it (RFC 1928 section 5): type, then 4 or 16 bytes, or a length and a name; then the port.
/// </summary>
internal static class SocksAddress
{
    public const byte IPv4 = 1;
    public const byte Name = 3;
    public const byte IPv6 = 4;

    /// <summary>Bytes of address and port behind the type, or null for a type that does not exist.</summary>
    public static int? LengthOf(byte type, byte firstByte) => type switch
    {
        IPv4 => 4 + 2,
        IPv6 => 16 + 2,
        Name => 1 + firstByte + 2,
        _ => null,
    };

    /// <summary>Reads what <see cref="LengthOf"/> measured; null when it names no host.</summary>
    public static Destination? Read(byte type, ReadOnlySpan<byte> field)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(field[^2..]);
        return type == Name
            ? Destination.Parse(field[1..^2], port)
            : Destination.Of(new IPAddress(field[..^2]), port);
    }
}
