using System.Buffers.Binary;
using System.Net;

namespace Culvert.Proxy.Socks.Udp;

/// <summary>
/// The header before each datagram between client and proxy (RFC 1928 section 7).
/// <code>
/// +-----+------+------+----------+----------+------+
/// | RSV | FRAG | ATYP | DST.ADDR | DST.PORT | DATA |
/// |  2  |  1   |  1   | variable |    2     |      |
/// +-----+------+------+----------+----------+------+
/// </code>
/// </summary>
internal static class UdpHeader
{
    private const int FixedPart = 4;

    /// <summary>The length of the header, or why the datagram is dropped.</summary>
    public static int? LengthOf(ReadOnlySpan<byte> datagram, out UdpDrop drop)
    {
        drop = UdpDrop.Malformed;
        if (datagram.Length <= FixedPart || datagram[0] != 0 || datagram[1] != 0)
        {
            return null;
        }

        // An implementation that does not reassemble must drop fragments, the RFC says; a fragment alone means nothing.
        if (datagram[2] != 0)
        {
            drop = UdpDrop.Fragment;
            return null;
        }

        return SocksAddress.LengthOf(datagram[3], datagram[4]) is { } address && datagram.Length >= FixedPart + address ? FixedPart + address : null;
    }

    /// <summary>Where a header of this length leads; null when it names no host.</summary>
    public static Destination? ReadDestination(ReadOnlySpan<byte> header) => SocksAddress.Read(header[3], header[FixedPart..]);

    /// <summary>How long the header of a datagram from this address is.</summary>
    public static int LengthFor(IPEndPoint from) => FixedPart + (from.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 4 : 16) + 2;

    /// <summary>Writes the header of a datagram that came from this address; its length is <see cref="LengthFor"/>.</summary>
    public static void Write(Span<byte> into, IPEndPoint from)
    {
        var length = LengthFor(from);
        into[..3].Clear();
        into[3] = from.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? SocksAddress.IPv4 : SocksAddress.IPv6;
        from.Address.TryWriteBytes(into[FixedPart..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(into[(length - 2)..], (ushort)from.Port);
    }
}
