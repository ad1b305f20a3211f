using CsCheck;
using Culvert.Guard;
using Culvert.Stack;

namespace Culvert.Tests.Guard;

public sealed class InputRulesTests
{
    [Fact]
    public void Everything_that_is_accepted_names_the_interface_it_comes_in_by() => Plans.Any.Sample(plan => Assert.All(
        Accepting(plan), rule => Assert.StartsWith("iifname \"", rule)));

    [Fact]
    public void What_no_rule_accepts_is_counted_and_dropped_without_an_answer() => Plans.Any.Sample(plan =>
    {
        Assert.Equal("counter", InputRules.Of(plan)[^1]);
        Assert.DoesNotContain(InputRules.Of(plan), rule => rule.Contains("reject", StringComparison.Ordinal));
    });

    [Fact]
    public void By_the_uplink_come_only_answers_and_the_published_ports_from_the_gateway() => Plans.Any.Sample(plan => Assert.All(
        Accepting(plan).Where(rule => rule.StartsWith($"iifname \"{plan.Uplink.Name}\"", StringComparison.Ordinal)),
        rule =>
        {
            Assert.Contains($" ip daddr {plan.Uplink.Address} ", rule);
            Assert.True(
                rule.EndsWith("ct state established ct direction reply accept", StringComparison.Ordinal)
                || rule.EndsWith("icmp type destination-unreachable icmp code frag-needed ct state related accept", StringComparison.Ordinal)
                || plan.PublishedPorts.Any(port => rule.Contains($"ip saddr {plan.Uplink.Gateway} ", StringComparison.Ordinal) && rule.EndsWith($"tcp dport {port} accept", StringComparison.Ordinal)),
                rule);
        }));

    [Fact]
    public void An_answer_of_the_carrier_comes_from_its_address_and_port() => Plans.Any.Sample(plan => Assert.All(
        plan.Carriers,
        carrier => Assert.Contains(
            $"iifname \"{plan.Uplink.Name}\"{(carrier.Address is null ? "" : $" ip saddr {carrier.Address}")} ip daddr {plan.Uplink.Address}"
            + $" {(carrier.Port is null ? $"meta l4proto {carrier.Protocol}" : $"{carrier.Protocol} sport {carrier.Port}")} ct state established ct direction reply accept",
            InputRules.Of(plan))));

    [Fact]
    public void The_tunnel_opens_nothing_here() =>
        Assert.Equal("iifname \"tun0\" ct state established,related accept", Assert.Single(InputRules.Of(Plans.Typical), rule => rule.Contains("tun0", StringComparison.Ordinal)));

    [Fact]
    public void From_vpn_net_only_the_two_proxy_ports_and_SOCKS_over_UDP_are_reached() => Assert.Equal(
        [
            "iifname \"vpnnet0\" ip saddr 172.30.98.0/24 ip daddr 172.30.98.2 tcp dport 1080 accept",
            "iifname \"vpnnet0\" ip saddr 172.30.98.0/24 ip daddr 172.30.98.2 tcp dport 1090 accept",
            "iifname \"vpnnet0\" ip saddr 172.30.98.0/24 ip daddr 172.30.98.2 udp dport 1080 accept",
        ],
        Accepting(Plans.Typical).Where(rule => rule.Contains("vpnnet0", StringComparison.Ordinal)));

    [Theory]
    [InlineData(null, "172.30.98.1")]
    [InlineData("172.30.98.1", "172.30.98.1")]
    [InlineData("172.30.98.254", "172.30.98.1,172.30.98.254")]
    public void The_bridge_is_the_host_and_is_refused_before_its_network_is_let_in(string? gateway, string refused)
    {
        var rules = InputRules.Of(Plans.Typical with { VpnNet = Plans.Typical.VpnNet! with { Gateway = gateway } });
        var open = rules.IndexOf("iifname \"vpnnet0\" ip saddr 172.30.98.0/24 ip daddr 172.30.98.2 tcp dport 1080 accept");
        Assert.Equal(refused.Split(',').Select(bridge => $"iifname \"vpnnet0\" ip saddr {bridge} counter drop"), rules[..open].TakeLast(refused.Split(',').Length));
    }

    [Fact]
    public void Without_vpn_net_the_proxy_ports_are_closed() => Plans.Any.Sample(plan => Assert.DoesNotContain(
        InputRules.Of(plan with { VpnNet = null, PublishedPorts = [] }),
        rule => rule.Contains($"dport {Role.SocksPort}", StringComparison.Ordinal)));

    private static IEnumerable<string> Accepting(NamespacePlan plan) =>
        InputRules.Of(plan).Where(rule => rule.EndsWith("accept", StringComparison.Ordinal));
}
