using System.Buffers.Binary;
using System.Net;

namespace Culvert.Linux;

/// <summary>A TCP segment or a UDP datagram: whose it is, and what it carries. <see cref="Sequence"/> is TCP's, of the first byte carried.</summary>
internal readonly ref struct TransportPacket
{
    public byte Protocol { get; private init; }

    public IPEndPoint Source { get; private init; }

    public IPEndPoint Destination { get; private init; }

    public uint Sequence { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>False for anything else: other protocols, later fragments, IPv6 with extension headers, what ends before its headers do.</summary>
    public static bool TryParse(ushort etherType, ReadOnlySpan<byte> packet, out TransportPacket parsed)
    {
        parsed = default;
        // RFC 791: 1 version+IHL | … | 2 total length | 6 flags+fragment offset | 9 protocol | 12 source | 16 destination | options
        if (etherType == FrameHeader.IPv4Type && packet.Length >= 20 && packet[0] >> 4 == 4 && (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1fff) == 0)
        {
            var header = (packet[0] & 0xf) * 4;
            return header >= 20 && packet.Length >= header
                && TryParse(packet[9], packet[12..16], packet[16..20], packet[header..], out parsed);
        }

        // RFC 8200: 4 version… | 6 next header | 8 source | 24 destination
        return etherType == FrameHeader.IPv6Type && packet.Length >= 40 && packet[0] >> 4 == 6
            && TryParse(packet[6], packet[8..24], packet[24..40], packet[40..], out parsed);
    }

    // RFC 768: 2 source | 2 destination | 2 length | 2 checksum. RFC 9293: 2 source | 2 destination | 4 sequence | 4 acknowledgement | data offset…
    private static bool TryParse(
        byte protocol, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> transport, out TransportPacket parsed)
    {
        parsed = default;
        var header = protocol switch
        {
            FrameHeader.Udp when transport.Length >= 8 => 8,
            FrameHeader.Tcp when transport.Length >= 20 => (transport[12] >> 4) * 4,
            _ => int.MaxValue,
        };
        if (transport.Length < header)
        {
            return false;
        }

        parsed = new TransportPacket
        {
            Protocol = protocol,
            Source = new IPEndPoint(new IPAddress(source), BinaryPrimitives.ReadUInt16BigEndian(transport)),
            Destination = new IPEndPoint(new IPAddress(destination), BinaryPrimitives.ReadUInt16BigEndian(transport[2..])),
            Sequence = protocol == FrameHeader.Tcp ? BinaryPrimitives.ReadUInt32BigEndian(transport[4..]) : 0,
            Payload = transport[header..],
        };
        return true;
    }
}
