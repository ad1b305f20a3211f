using System.Net;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

public sealed class LinkSnapshotTests
{
    private const string Table = """
        Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
        tun0	00000000	00000000	0001	0	0	50	00000000	0	0	0
        *	00000000	00000000	0200	0	0	-1	00000000	0	0	0
        uplink0	0B7100CB	0202540A	0007	0	0	0	FFFFFFFF	0	0	0
        uplink0	0002540A	00000000	0001	0	0	0	00FFFFFF	0	0	0
        broken	line
        """;

    private static readonly IPAddress Inside = IPAddress.Parse("10.8.0.2");

    [Fact]
    public void Routes_are_read_from_the_kernels_table_without_those_that_lead_nowhere() => Assert.Equal(
        [
            new RouteEntry("tun0", IPAddress.Any, 0),
            new RouteEntry("uplink0", IPAddress.Parse("203.0.113.11"), 32),
            new RouteEntry("uplink0", IPAddress.Parse("10.84.2.0"), 24),
        ],
        RouteTable.Parse(Table.Split('\n')));

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, false, false)]
    public void The_link_carries_when_a_client_holds_it_open(bool up, bool running, bool carries) =>
        Assert.Equal(carries, Snapshot(new NetworkDevice(7, up, running, Inside), Space("203.0.113.11")).Carries(Inside));

    [Fact]
    public void No_device_is_no_link()
    {
        var link = Snapshot(null, null);
        Assert.False(link.Exists);
        Assert.False(link.Carries(Inside));
    }

    [Theory]
    [InlineData("203.0.113.11", false)]
    [InlineData("203.0.113.12", true)]
    [InlineData(null, false)]
    public void A_carrier_without_its_host_route_is_missed(string? carrier, bool missing) =>
        Assert.Equal(missing, Snapshot(null, Space(carrier)).CarrierRouteMissing);

    [Fact]
    public void A_carrier_on_the_uplinks_own_network_needs_no_route()
    {
        var space = Space("10.84.2.9");
        Assert.False(Snapshot(null, space).CarrierRouteMissing);
        Assert.Empty(TunnelLink.RoutedCarriers(space));
    }

    [Fact]
    public void Addresses_are_read_from_ip_and_an_empty_answer_has_none()
    {
        Assert.Equal(["10.8.0.2/32", "10.9.0.2/24"], TunnelLink.Addresses("""
            [{"ifname":"tun0","addr_info":[{"family":"inet","local":"10.8.0.2","prefixlen":32},{"family":"inet","local":"10.9.0.2","prefixlen":24}]},{}]
            """));
        Assert.Empty(TunnelLink.Addresses("[{}]"));
    }

    private static LinkSnapshot Snapshot(NetworkDevice? device, NamespaceReport? space) =>
        LinkSnapshot.Of(device, RouteTable.Parse(Table.Split('\n')), space);

    private static NamespaceReport Space(string? carrier) => new(
        new InterfaceReport("uplink0", "10.84.2.100", 24, "10.84.2.2"), null, [new Carrier("tcp", carrier, 1194)], "", DateTimeOffset.UnixEpoch);
}
