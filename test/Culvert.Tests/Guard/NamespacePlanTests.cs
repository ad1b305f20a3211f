using System.Net;
using Culvert.Guard;
using Culvert.Stack;

namespace Culvert.Tests.Guard;

public sealed class NamespacePlanTests
{
    [Fact]
    public void A_typical_one_has_no_problem() => Assert.Empty(Plans.Typical.Problems());

    [Theory]
    [InlineData("tcp", "vpn.example.com", 443, "not an IPv4 address")]
    [InlineData("tcp", "127.1", 443, "not an IPv4 address")]
    [InlineData("tcp", "010.0.0.1", 443, "not an IPv4 address")]
    [InlineData("tcp", "2001:db8::1", 443, "not an IPv4 address")]
    [InlineData("tcp", "1.2.3.4 accept", 443, "not an IPv4 address")]
    [InlineData("tcp", "0.0.0.0/0", 443, "not an IPv4 address")]
    [InlineData("tcp", "203.0.113.7", 0, "not between 1 and 65535")]
    [InlineData("tcp", "203.0.113.7", 65536, "not between 1 and 65535")]
    [InlineData("sctp", "203.0.113.7", 443, "must be tcp or udp")]
    [InlineData("tcp accept", "203.0.113.7", 443, "must be tcp or udp")]
    public void A_carrier_that_would_put_something_else_into_the_ruleset_is_refused(string protocol, string address, int port, string why) =>
        Assert.Contains(why, Assert.Single((Plans.Typical with { Carriers = [new Carrier(protocol, address, port)] }).Problems()));

    [Fact]
    public void Without_a_carrier_nothing_could_come_up() =>
        Assert.Contains("no carrier", Assert.Single((Plans.Typical with { Carriers = [] }).Problems()));

    [Theory]
    [InlineData("eth0\" accept #")]
    [InlineData("eth*")]
    [InlineData("eth 0")]
    [InlineData("")]
    [InlineData("abcdefghijklmnop")]
    public void A_name_that_means_something_in_a_ruleset_is_refused(string name)
    {
        Assert.Single((Plans.Typical with { Uplink = Plans.Typical.Uplink with { Name = name } }).Problems());
        Assert.Single((Plans.Typical with { VpnNet = Plans.Typical.VpnNet! with { Name = name } }).Problems());
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData("eth0.100")]
    [InlineData("a-b_c")]
    [InlineData("abcdefghijklmno")]
    public void An_ordinary_name_is_taken(string name) => Assert.True(InterfaceName.IsPlain(name));

    [Theory]
    [InlineData(VpnDriver.OpenVpn, 970)]
    [InlineData(VpnDriver.WireGuard, 970)]
    [InlineData(VpnDriver.AdGuard, 0)]
    public void The_carriers_uid_follows_from_the_driver(object driver, int uid)
    {
        var stack = StackLoader.Parse("culvert.yaml", "").Stack!;
        stack = stack with { Vpn = stack.Vpn with { Driver = (VpnDriver)driver } };
        Assert.Equal(uid, NamespacePlan.Of(stack, Plans.Typical.Uplink, null, Plans.Typical.Carriers).TunnelUid);
    }

    [Fact]
    public void From_a_report_it_is_what_hold_planned()
    {
        var stack = StackLoader.Parse("culvert.yaml", "").Stack!;
        var (uplink, vpnNet) = NamespacePlan.ConventionalInterfaces(stack.Network);
        var carrier = new Carrier("tcp", "203.0.113.7", 443);
        var planned = NamespacePlan.Of(stack, uplink, vpnNet, [carrier, carrier]);
        Assert.Equal(carrier, Assert.Single(planned.Carriers));
        var report = new NamespaceReport(uplink, vpnNet, planned.Carriers, "", default);
        Assert.Equal(Ruleset.Sha256(Ruleset.Of(planned)), Ruleset.Sha256(Ruleset.Of(NamespacePlan.Of(stack, report))));
    }

    [Fact]
    public void The_conventional_addresses_lie_in_their_networks()
    {
        var network = new NetworkSettings(IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("10.2.3.128/25"));
        var (uplink, vpnNet) = NamespacePlan.ConventionalInterfaces(network);
        Assert.Equal(("10.1.0.100", 16, "10.1.0.2"), (uplink.Address, uplink.PrefixLength, uplink.Gateway));
        Assert.Equal(("10.2.3.130", 25, null), (vpnNet.Address, vpnNet.PrefixLength, vpnNet.Gateway));
    }
}
