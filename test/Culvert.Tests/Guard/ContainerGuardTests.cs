using Culvert.Guard;
using Culvert.Stack;

namespace Culvert.Tests.Guard;

/// <summary>What the guard does otherwise where a container engine makes the namespace.</summary>
public sealed class ContainerGuardTests
{
    private static readonly InterfaceReport Uplink = new("eth0", "172.30.97.2", 24, "172.30.97.1");
    private static readonly InterfaceReport VpnNet = new("eth1", "172.30.98.2", 24, null);
    private static readonly Carrier[] Carriers = [new("tcp", "203.0.113.11", 1194)];

    [Theory]
    [InlineData("runtime: compose", true)]
    [InlineData("runtime: compose\ndev: { vscode: false }", false)]
    [InlineData("runtime: namespaces", false)]
    [InlineData("", false)]
    public void The_engine_reaches_the_editors_port_only_where_it_publishes_it(string yaml, bool open)
    {
        var rules = Ruleset.Of(PlanOf(yaml)).ToText();
        Assert.Equal(open, rules.Contains("ip saddr 172.30.97.1 ip daddr 172.30.97.2 tcp dport 8080 accept", StringComparison.Ordinal));
        Assert.Equal(open, rules.Contains("tcp sport 8080 ct state established ct direction reply accept", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("runtime: compose", true)]
    [InlineData("", false)]
    public void The_engine_reaches_the_status_page_and_prometheus_and_applications_do_not(string yaml, bool open)
    {
        var rules = Ruleset.Of(PlanOf(yaml)).ToText();
        foreach (var port in new[] { 8090, 9090 })
        {
            Assert.Equal(open, rules.Contains($"ip saddr 172.30.97.1 ip daddr 172.30.97.2 tcp dport {port} accept", StringComparison.Ordinal));
            Assert.DoesNotContain($"ip daddr 172.30.98.2 tcp dport {port}", rules, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("runtime: compose", "meta skuid 0 meta skgid 970")]
    [InlineData("", "meta skuid 970")]
    public void The_carriers_owner_is_the_tunnel_role_in_each_runtime_and_root_alone_is_nobody(string yaml, string owner) =>
        Assert.Contains($"tcp dport 1194 {owner} counter accept", Ruleset.Of(PlanOf(yaml)).ToText(), StringComparison.Ordinal);

    [Fact]
    public void A_namespace_that_nobody_guards_yet_is_closed_in_each_direction_and_no_rule_is_in_it()
    {
        Assert.Equal(["output", "input", "forward"], Ruleset.Closed.Chains.Select(chain => chain.Name));
        Assert.All(Ruleset.Closed.Chains, chain => Assert.EndsWith("policy drop;", chain.Hook, StringComparison.Ordinal));
        Assert.All(Ruleset.Closed.Chains, chain => Assert.Empty(chain.Rules));
    }

    [Fact]
    public void A_listing_made_without_etc_protocols_is_the_same_guard()
    {
        var table = Ruleset.Of(PlanOf("runtime: compose"));
        var listing = table.ToText().Replace("meta l4proto tcp", "meta l4proto 6", StringComparison.Ordinal);
        Assert.NotEqual(table.ToText(), listing);
        Assert.Empty(GuardCheck.Differences(table, listing));
        Assert.NotEmpty(GuardCheck.Differences(table, listing.Replace("meta l4proto 6", "meta l4proto 7", StringComparison.Ordinal)));
    }

    private static NamespacePlan PlanOf(string yaml)
    {
        var stack = StackLoader.Parse("culvert.yaml", $"vpn: {{ driver: adguard, locations: [Frankfurt] }}\n{yaml}\n").Stack!;
        // A driver that needs no file here; the carrier's uid is what an OpenVPN stack would have.
        return NamespacePlan.Of(stack with { Vpn = stack.Vpn with { Driver = VpnDriver.OpenVpn } }, Uplink, VpnNet, Carriers);
    }
}
