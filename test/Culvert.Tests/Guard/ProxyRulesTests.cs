using System.Net;
using Culvert.Guard;
using Culvert.Tests.Runtimes.Namespaces;

namespace Culvert.Tests.Guard;

public sealed class ProxyRulesTests
{
    private static readonly NamespacePlan Held = Plans.Typical with { Proxies = new ProxyBounds([443, 80], [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("168.63.129.16/32")]) };

    [Fact]
    public void Foreign_proxies_reach_dns_their_own_ports_and_the_public_internet_through_the_tunnel() => Assert.Equal(
        [
            "ct state established ct direction reply return",
            "meta nfproto ipv6 goto refuse",
            "oifname \"lo\" ip daddr 127.0.0.1 udp dport 53 return",
            "oifname \"lo\" ip daddr 127.0.0.1 tcp dport 53 return",
            "oifname \"lo\" ip daddr 127.0.0.1 tcp dport 1080 return",
            "oifname \"lo\" ip daddr 127.0.0.1 tcp dport 1090 return",
            "oifname != \"tun0\" goto refuse",
            "ip daddr 10.0.0.0/8 goto refuse",
            "ip daddr 168.63.129.16 goto refuse",
            "tcp dport 443 return",
            "tcp dport 80 return",
            "goto refuse",
        ],
        Ruleset.Of(Held).RulesOf(ProxyRules.Chain));

    [Fact]
    public void Their_uid_meets_the_chain_before_anything_is_accepted()
    {
        var output = Ruleset.Of(Held).RulesOf("output");
        Assert.True(output.IndexOf("meta skuid 1090 jump proxies") is >= 0 and var at && at < output.IndexOf("oifname \"lo\" accept"));
    }

    [Theory]
    [InlineData("culvert", false)]
    [InlineData("dante+tinyproxy", true)]
    public void Culverts_own_engine_needs_no_bounds(string engine, bool bounded)
    {
        var stack = PlanInputs.Of($"proxy: {{ engine: {engine}, ports: [443, 8443] }}\nnetwork: {{ vpn_net: 203.0.113.0/29 }}\n").Stack;
        var bounds = ProxyBounds.Of(stack);
        Assert.Equal(bounded, bounds is not null);
        Assert.True(bounds is null || bounds.Ports is [443, 8443]);
        Assert.Equal(bounded, bounds?.Forbidden.Contains(IPNetwork.Parse("203.0.113.0/29")) ?? false);
    }
}
