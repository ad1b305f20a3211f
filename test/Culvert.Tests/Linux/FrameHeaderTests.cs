using System.Net;
using CsCheck;
using Culvert.Linux;
using static Culvert.Tests.Linux.Frames;

namespace Culvert.Tests.Linux;

public sealed class FrameHeaderTests
{
    private static readonly byte[] Udp = IPv4(FrameHeader.Udp, "192.0.2.1", "8.8.8.8", Ports(40000, 53));

    [Fact]
    public void Tells_addresses_and_ports_of_IPv4() => Assert.Equal(
        new FrameHeader(FrameHeader.IPv4Type, FrameHeader.Udp, IPAddress.Parse("192.0.2.1"), 40000, IPAddress.Parse("8.8.8.8"), 53, LaterFragment: false),
        FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, Udp)));

    [Theory]
    [InlineData(new ushort[] { 0x8100 })]
    [InlineData(new ushort[] { 0x88a8, 0x8100 })]
    public void Looks_behind_VLAN_tags(ushort[] vlans) =>
        Assert.Equal(53, FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, Udp, vlans)).DestinationPort);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Looks_behind_IPv4_options(int words) => Assert.Equal(
        443, FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, IPv4(FrameHeader.Tcp, "192.0.2.1", "192.0.2.2", Ports(1, 443), words))).DestinationPort);

    [Fact]
    public void A_later_fragment_has_no_ports_though_its_payload_looks_like_some()
    {
        var header = FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, IPv4(FrameHeader.Udp, "192.0.2.1", "192.0.2.2", Ports(1, 443), fragmentOffset: 185)));
        Assert.True(header.LaterFragment);
        Assert.Equal((0, 0), (header.SourcePort, header.DestinationPort));
    }

    [Fact]
    public void The_first_fragment_has_ports() => Assert.Equal(
        443, FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, IPv4(FrameHeader.Udp, "192.0.2.1", "192.0.2.2", Ports(1, 443), moreFragments: true))).DestinationPort);

    [Fact]
    public void Icmp_has_no_ports() => Assert.Equal(
        0, FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, IPv4(FrameHeader.Icmp, "192.0.2.1", "192.0.2.2", Ports(0x0800, 0x9489)))).DestinationPort);

    [Fact]
    public void A_header_length_that_cannot_be_hides_no_ports_in_the_header_itself() => Assert.Equal(
        0, FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, [0x41, .. IPv4(FrameHeader.Udp, "192.0.2.1", "192.0.2.2", Ports(1, 443))[1..]])).DestinationPort);

    /// <summary>Next header | length in 8 bytes without the first | 6 more.</summary>
    [Theory]
    [InlineData(0, new byte[] { FrameHeader.Udp, 0, 1, 4, 0, 0, 0, 0 })]
    [InlineData(43, new byte[] { FrameHeader.Udp, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(60, new byte[] { 44, 0, 0, 0, 0, 0, 0, 0, FrameHeader.Udp, 0, 0, 1, 0, 0, 0, 9 })]
    public void Looks_behind_the_extension_headers_of_IPv6(byte next, byte[] extensions)
    {
        var header = FrameHeader.Parse(Ethernet(FrameHeader.IPv6Type, IPv6(next, "fd00::1", "2001:db8::1", [.. extensions, .. Ports(1, 53)])));
        Assert.Equal(((byte?)FrameHeader.Udp, (ushort)53, IPAddress.Parse("2001:db8::1")), (header.Protocol, header.DestinationPort, header.Destination));
    }

    [Fact]
    public void What_follows_the_header_of_a_later_IPv6_fragment_is_payload()
    {
        byte[] payload = [FrameHeader.Tcp, 0, 0, 0, 0, 0, 0, 0, .. Ports(1, 53)];
        var header = FrameHeader.Parse(Ethernet(FrameHeader.IPv6Type, IPv6(44, "fd00::1", "2001:db8::1", [60, 0, 0x05, 0xb8, 0, 0, 0, 9, .. payload])));
        Assert.Equal((true, (byte?)60, 0), (header.LaterFragment, header.Protocol, header.DestinationPort));
    }

    [Fact]
    public void Tells_who_asks_by_ARP_for_whom()
    {
        var probe = PacketCapture.ArpProbe([2, 0, 0, 0, 0, 1], [9, 9, 9, 9, 9, 9], IPAddress.Parse("192.0.2.7"));
        var header = FrameHeader.Parse(probe);
        Assert.Equal((FrameHeader.ArpType, IPAddress.Any, IPAddress.Parse("192.0.2.7")), (header.EtherType, header.Source, header.Destination));
        Assert.Null(header.Protocol);
    }

    [Fact]
    public void A_frame_that_ends_before_its_headers_do_has_no_protocol() => Gen.Int[0, 33].Sample(length =>
        FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, Udp).AsSpan(0, length)).Protocol is null);

    [Fact]
    public void Any_bytes_give_a_header() => Gen.Byte.Array[0, 120].Sample(frame =>
    {
        var header = FrameHeader.Parse(frame);
        return header.Protocol is null || header.Destination is not null;
    });

    [Fact]
    public void Whatever_the_addresses_and_ports_they_come_back() => Gen.Select(Gen.UInt, Gen.UInt, Gen.UShort, Gen.UShort, Gen.Int[0, 10]).Sample((source, destination, from, to, options) =>
    {
        var (a, b) = (new IPAddress(source), new IPAddress(destination));
        var header = FrameHeader.Parse(Ethernet(FrameHeader.IPv4Type, IPv4(FrameHeader.Tcp, $"{a}", $"{b}", Ports(from, to), options)));
        return (header.Source, header.Destination, header.SourcePort, header.DestinationPort).Equals((a, b, from, to));
    });
}
