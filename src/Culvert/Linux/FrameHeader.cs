using System.Buffers.Binary;
using System.Net;

namespace Culvert.Linux;

/// <summary>
/// What the headers of one frame say, as far as it takes to tell a carrier packet from a leak. Ports are 0 where the
/// protocol has none; <see cref="LaterFragment"/> has no ports because only the first fragment carries them. A frame that
/// ends before its headers do has no <see cref="Protocol"/>.
/// </summary>
internal readonly record struct FrameHeader(
    ushort EtherType,
    byte? Protocol,
    IPAddress? Source,
    ushort SourcePort,
    IPAddress? Destination,
    ushort DestinationPort,
    bool LaterFragment)
{
    public const ushort IPv4Type = 0x0800;
    public const ushort ArpType = 0x0806;
    public const ushort IPv6Type = 0x86dd;
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte IcmpV6 = 58;

    private const ushort VlanType = 0x8100;
    private const ushort ServiceVlanType = 0x88a8;

    // Ethernet: 6 destination | 6 source | [4 a VLAN tag]… | 2 type | payload
    public static FrameHeader Parse(ReadOnlySpan<byte> frame)
    {
        var at = 12;
        while (frame.Length >= at + 2)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
            if (type is not (VlanType or ServiceVlanType))
            {
                return ParsePacket(type, frame[(at + 2)..]);
            }

            at += 4;
        }

        return Cut(0);
    }

    /// <summary>From the network's header on.</summary>
    public static FrameHeader ParsePacket(ushort type, ReadOnlySpan<byte> payload) => type switch
    {
        IPv4Type => ParseIPv4(payload),
        IPv6Type => ParseIPv6(payload),
        ArpType => ParseArp(payload),
        _ => Cut(type),
    };

    // ARP over Ethernet (RFC 826): 2 htype | 2 ptype | 1 hlen | 1 plen | 2 op | 6 sha | 4 spa | 6 tha | 4 tpa
    private static FrameHeader ParseArp(ReadOnlySpan<byte> arp) => arp.Length < 28
        ? Cut(ArpType)
        : Cut(ArpType) with { Source = new IPAddress(arp[14..18]), Destination = new IPAddress(arp[24..28]) };

    // RFC 791: 1 version+IHL | … | 6 flags+fragment offset | 9 protocol | 12 source | 16 destination | options
    private static FrameHeader ParseIPv4(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 20 || packet[0] >> 4 != 4)
        {
            return Cut(IPv4Type);
        }

        var later = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1fff) != 0;
        var header = new FrameHeader(
            IPv4Type, packet[9], new IPAddress(packet[12..16]), 0, new IPAddress(packet[16..20]), 0, later);
        var length = (packet[0] & 0xf) * 4;
        return later || length < 20 || packet.Length < length ? header : header.WithPorts(packet[length..]);
    }

    // RFC 8200: 4 version… | 6 next header | 8 source | 24 destination | extension headers, 8-byte units
    private static FrameHeader ParseIPv6(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 40 || packet[0] >> 4 != 6)
        {
            return Cut(IPv6Type);
        }

        var next = packet[6];
        var rest = packet[40..];
        var later = false;
        // What follows the header of a later fragment is payload.
        while (!later && next is 0 or 43 or 44 or 60 && rest.Length >= 8)
        {
            later |= next == 44 && (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xfff8) != 0;
            var length = next == 44 ? 8 : (rest[1] + 1) * 8;
            next = rest[0];
            rest = rest.Length >= length ? rest[length..] : [];
        }

        var header = new FrameHeader(
            IPv6Type, next, new IPAddress(packet[8..24]), 0, new IPAddress(packet[24..40]), 0, later);
        return later ? header : header.WithPorts(rest);
    }

    private static FrameHeader Cut(ushort type) => new(type, null, null, 0, null, 0, LaterFragment: false);

    private FrameHeader WithPorts(ReadOnlySpan<byte> transport) => Protocol is Tcp or Udp && transport.Length >= 4
        ? this with
        {
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]),
        }
        : this;
}
