using System.Net;
using Culvert.Guard;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Tests.Guard;

public sealed class NamespaceInterfacesTests
{
    private static readonly NetworkSettings Network = new(IPNetwork.Parse("172.30.97.0/24"), IPNetwork.Parse("172.30.98.0/24"));

    [Theory]
    [InlineData("eth0", "eth1")]
    [InlineData("eth1", "eth0")]
    public void Are_known_by_their_addresses_whatever_their_names(string uplink, string vpnNet)
    {
        var found = Find(
            [Interface("lo", "127.0.0.1/8"), Interface(vpnNet, "172.30.98.2/24"), Interface(uplink, "172.30.97.100/24", "fe80::1/64")],
            [Default(uplink, "172.30.97.2")]);
        Assert.Empty(found.Problems);
        Assert.Equal(new InterfaceReport(uplink, "172.30.97.100", 24, "172.30.97.2"), found.Uplink);
        Assert.Equal(new InterfaceReport(vpnNet, "172.30.98.2", 24, null), found.VpnNet);
    }

    [Fact]
    public void Vpn_net_may_be_missing() => Assert.Null(Find([Interface("eth0", "172.30.97.100/24")], [Default("eth0", "172.30.97.2")]).VpnNet);

    [Fact]
    public void The_uplink_may_not() => Assert.Contains(
        "no interface has an address in the uplink network 172.30.97.0/24", Assert.Single(Find([Interface("eth0", "10.0.0.1/24")], []).Problems));

    [Fact]
    public void Every_problem_is_named_at_once()
    {
        var problems = Find([Interface("eth0", "172.30.98.2/24"), Interface("eth1", "172.30.98.3/24")], []).Problems;
        Assert.Equal(2, problems.Count);
        Assert.Contains("172.30.98.2 on eth0, 172.30.98.3 on eth1", problems[0]);
        Assert.Contains("no interface has an address in the uplink network", problems[1]);
    }

    [Fact]
    public void Two_addresses_in_one_network_leave_it_open_which_is_meant()
    {
        var found = Find([Interface("eth0", "172.30.97.100/24", "172.30.97.101/24")], [Default("eth0", "172.30.97.2")]);
        Assert.Null(found.Uplink);
        Assert.Contains("2 addresses are in the uplink network", Assert.Single(found.Problems));
    }

    [Fact]
    public void The_tunnels_own_interface_is_neither_even_when_the_exit_gives_such_an_address()
    {
        var found = Find([Interface("tun0", "172.30.97.7/24"), Interface("eth0", "172.30.97.100/24")], [Default("eth0", "172.30.97.2")]);
        Assert.Equal("eth0", found.Uplink?.Name);
        Assert.Empty(found.Problems);
    }

    [Fact]
    public void A_wide_network_that_covers_both_addresses_takes_both_and_is_refused()
    {
        var found = NamespaceInterfaces.Find(
            new NetworkSettings(IPNetwork.Parse("172.30.0.0/16"), IPNetwork.Parse("172.30.98.0/24")),
            [Interface("eth0", "172.30.97.100/24"), Interface("eth1", "172.30.98.2/24")], [Default("eth0", "172.30.97.2")], earlier: null);
        Assert.Null(found.Uplink);
        Assert.Contains("2 addresses", Assert.Single(found.Problems));
    }

    [Fact]
    public void A_default_route_of_another_interface_is_not_the_uplinks() => Assert.Contains(
        "no default route", Assert.Single(Find([Interface("eth0", "172.30.97.100/24")], [Default("eth1", "172.30.98.1")]).Problems));

    [Theory]
    [InlineData("172.30.97.100", "172.30.97.2")]
    [InlineData("172.30.97.101", null)]
    public void The_gateway_of_an_earlier_hold_counts_while_the_address_is_the_same(string earlierAddress, string? gateway)
    {
        var earlier = new NamespaceReport(new InterfaceReport("eth1", earlierAddress, 24, "172.30.97.2"), null, [], "", default);
        var found = NamespaceInterfaces.Find(Network, [Interface("eth0", "172.30.97.100/24")], [], earlier);
        Assert.Equal(gateway, found.Uplink?.Gateway);
        Assert.Equal(gateway is null ? 1 : 0, found.Problems.Count);
    }

    private static NamespaceInterfaces Find(IReadOnlyList<IpInterface> interfaces, IReadOnlyList<IpRouteEntry> routes) =>
        NamespaceInterfaces.Find(Network, interfaces, routes, earlier: null);

    private static IpInterface Interface(string name, params string[] addresses) => new(
        name,
        ["UP"],
        "UP",
        [.. addresses.Select(text => text.Split('/')).Select(parts => new IpAddressEntry(parts[0].Contains(':') ? "inet6" : "inet", parts[0], int.Parse(parts[1])))],
        null);

    private static IpRouteEntry Default(string device, string gateway) => new(IpRouteEntry.Default, gateway, device);
}
