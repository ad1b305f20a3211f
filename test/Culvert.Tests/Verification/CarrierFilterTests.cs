using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification;
using static Culvert.Tests.Verification.Observations;

namespace Culvert.Tests.Verification;

public sealed class CarrierFilterTests
{
    private const string Server = "203.0.113.7";

    private static readonly CarrierFilter Known = new([new Carrier("tcp", Server, 443)]);
    private static readonly CarrierFilter AnyServer = new([new Carrier("udp", null, 443)]);
    private static readonly CarrierFilter AnyPort = new([new Carrier("udp", Server, null)]);

    [Theory]
    [InlineData(FrameHeader.Tcp, Server, 443, true)]
    [InlineData(FrameHeader.Udp, Server, 443, false)]
    [InlineData(FrameHeader.Tcp, Server, 444, false)]
    [InlineData(FrameHeader.Tcp, "203.0.113.8", 443, false)]
    [InlineData(FrameHeader.Icmp, Server, 0, false)]
    public void Knows_the_carrier_by_protocol_address_and_port(byte protocol, string to, int port, bool carrier) =>
        Assert.Equal(carrier, Known.IsCarrier(Flow(protocol, to, port)));

    [Fact]
    public void Without_an_address_the_port_decides_and_without_a_port_the_address()
    {
        Assert.True(AnyServer.IsCarrier(Flow(FrameHeader.Udp, "198.51.100.1", 443)));
        Assert.False(AnyServer.IsCarrier(Flow(FrameHeader.Udp, "198.51.100.1", 53)));
        Assert.True(AnyPort.IsCarrier(Flow(FrameHeader.Udp, Server, 9999)));
        Assert.False(AnyPort.IsCarrier(Flow(FrameHeader.Udp, "198.51.100.1", 443)));
    }

    [Fact]
    public void A_later_fragment_is_the_carriers_only_by_its_address()
    {
        Assert.True(Known.IsCarrier(Flow(FrameHeader.Tcp, Server, 0, laterFragment: true)));
        Assert.False(Known.IsCarrier(Flow(FrameHeader.Tcp, "203.0.113.8", 0, laterFragment: true)));
        Assert.False(AnyServer.IsCarrier(Flow(FrameHeader.Udp, "198.51.100.1", 0, laterFragment: true)));
    }

    [Fact]
    public void ARP_may_leave_and_is_no_carrier_and_IPv6_neither()
    {
        Assert.True(Known.MayLeave(Arp));
        Assert.False(Known.IsCarrier(Arp));
        Assert.False(Known.MayLeave(Flow(FrameHeader.Tcp, Server, 443, FrameHeader.IPv6Type)));
        Assert.False(new CarrierFilter([]).MayLeave(Flow(FrameHeader.Tcp, Server, 443)));
    }
}
