using System.Net.Sockets;
using CsCheck;
using Culvert.Guard;
using Culvert.Stack;

namespace Culvert.Tests.Guard;

public sealed class OutputRulesTests
{
    private static readonly string[] Protocols = ["udp", "tcp"];
    private static readonly int[] DnsPorts = [53, 853];
    private static readonly string[] ProxySockets = ["tcp sport 1080", "tcp sport 1090", "udp sport 1080"];

    private const string Reply = "ct state established ct direction reply accept";

    [Fact]
    public void IPv6_is_dropped_before_anything_else_is_asked() => Plans.Any.Sample(plan =>
        OutputRules.Of(plan)[0] == "meta nfproto ipv6 oifname != \"lo\" counter drop");

    [Fact]
    public void Whatever_reaches_the_end_is_refused() => Plans.Any.Sample(plan =>
        OutputRules.Of(plan)[^1] == "goto refuse");

    [Fact]
    public void Everything_that_is_accepted_names_its_interface() => Plans.Any.Sample(plan => Assert.All(
        Accepting(plan), rule => Assert.StartsWith("oifname \"", rule)));

    [Fact]
    public void By_the_uplink_leaves_only_the_carrier_of_the_tunnels_own_uid() => Plans.Any.Sample(plan =>
    {
        var accepting = Accepting(plan).Where(rule => rule.StartsWith($"oifname \"{plan.Uplink.Name}\"", StringComparison.Ordinal)).ToList();
        var carriers = accepting.Where(rule => !rule.EndsWith(Reply, StringComparison.Ordinal)).ToList();
        Assert.Equal(plan.Carriers.Length, carriers.Count);
        Assert.All(carriers.Zip(plan.Carriers), pair => AssertExact(plan, pair.Second, pair.First));
        Assert.Equal(plan.PublishedPorts.Length, accepting.Count - carriers.Count);
    });

    [Fact]
    public void What_another_uid_sends_to_the_carriers_address_and_port_is_refused() => Plans.Any.Sample(plan =>
    {
        var rules = OutputRules.Of(plan);
        for (var i = 0; i < rules.Length; i++)
        {
            if (rules[i].EndsWith($"{TunnelIdentity.Of(plan)} counter accept", StringComparison.Ordinal))
            {
                Assert.EndsWith($"meta skuid != {plan.TunnelUid} goto refuse", rules[++i]);
                if (plan.TunnelGid is { } gid)
                {
                    Assert.EndsWith($"meta skgid != {gid} goto refuse", rules[++i]);
                }

                Assert.EndsWith("counter drop", rules[++i]);
            }
        }
    });

    [Fact]
    public void A_server_that_is_not_known_by_address_is_no_neighbour()
    {
        var rules = OutputRules.Of(Plans.Typical with { Carriers = [new Carrier("tcp", null, 443) { Bound = true }] });
        var accepting = rules.IndexOf("oifname \"uplink0\" ip saddr 172.30.97.100 tcp dport 443 meta skuid 970 counter accept");
        Assert.All(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "224.0.0.0/3"], network => Assert.InRange(
            rules.IndexOf($"oifname \"uplink0\" ip saddr 172.30.97.100 ip daddr {network} tcp dport 443 goto refuse"), 0, accepting - 1));
    }

    [Fact]
    public void The_resolver_for_the_client_is_out_of_everybody_elses_reach_before_loopback_is_free()
    {
        var plan = Plans.Typical with { TunnelUid = 0, Carriers = [new Carrier("tcp", null, 443) { Bound = true }] };
        var rules = OutputRules.Of(plan);
        var loopback = rules.IndexOf("oifname \"lo\" accept");
        foreach (var side in new[] { "daddr", "saddr" })
        {
            var own = rules.IndexOf($"oifname \"lo\" ip {side} 127.0.0.54 meta skuid 0 meta skgid 970 accept");
            Assert.InRange(own, 0, loopback - 1);
            Assert.Equal($"oifname \"lo\" ip {side} 127.0.0.54 meta skuid != 0 goto refuse", rules[own + 1]);
            Assert.Equal($"oifname \"lo\" ip {side} 127.0.0.54 meta skgid != 970 goto refuse", rules[own + 2]);
        }

        Assert.DoesNotContain(OutputRules.Of(Plans.Typical), rule => rule.Contains("127.0.0.54", StringComparison.Ordinal));
    }

    /// <summary>An injected route would carry live payload of an established connection out in clear.</summary>
    [Fact]
    public void Established_is_accepted_only_for_narrow_replies() => Plans.Any.Sample(plan => Assert.All(
        OutputRules.Of(plan).Where(rule => rule.Contains("established", StringComparison.Ordinal)),
        rule => Assert.True(IsNarrow(plan, rule), rule)));

    [Fact]
    public void An_address_of_another_interface_does_not_go_into_the_tunnel() => Plans.Any.Sample(plan =>
    {
        var rules = OutputRules.Of(plan);
        var tunnel = rules.IndexOf("oifname \"tun0\" accept");
        string?[] own = [plan.Uplink.Address, plan.VpnNet?.Address];
        Assert.All(own.OfType<string>(), address =>
            Assert.InRange(rules.IndexOf($"oifname \"tun0\" ip saddr {address} goto refuse"), 0, tunnel - 1));
    });

    [Fact]
    public void In_the_tunnel_only_the_resolver_asks_and_only_its_upstreams() => Plans.Any.Sample(plan =>
    {
        var rules = OutputRules.Of(plan);
        var tunnel = rules.IndexOf("oifname \"tun0\" accept");
        var resolver = rules.IndexOf($"oifname \"tun0\" meta skuid {Role.Resolver.Uid} goto refuse");
        var usable = plan.Upstreams.Where(u => u.Address.AddressFamily == AddressFamily.InterNetwork).ToList();
        Assert.All(usable, upstream => Assert.InRange(
            rules.IndexOf($"oifname \"tun0\" ip daddr {upstream.Address} tcp dport {upstream.Port} meta skuid {Role.Resolver.Uid} accept"), 0, resolver - 1));
        Assert.Equal(usable.Count, Accepting(plan).Count(rule => rule.EndsWith($"meta skuid {Role.Resolver.Uid} accept", StringComparison.Ordinal)));
        Assert.All(
            from protocol in Protocols from port in DnsPorts select $"oifname \"tun0\" {protocol} dport {port} goto refuse",
            rule => Assert.InRange(rules.IndexOf(rule), resolver, tunnel));
    });

    [Fact]
    public void Dockers_resolver_is_out_of_reach_before_loopback_is_free()
    {
        var rules = OutputRules.Of(Plans.Typical);
        var loopback = rules.IndexOf("oifname \"lo\" accept");
        Assert.InRange(rules.IndexOf("ip daddr 127.0.0.11 counter drop"), 0, loopback);
        Assert.InRange(rules.IndexOf("ip saddr 127.0.0.11 counter drop"), 0, loopback);
    }

    private static IEnumerable<string> Accepting(NamespacePlan plan) =>
        OutputRules.Of(plan).Where(rule => rule.EndsWith("accept", StringComparison.Ordinal));

    private static void AssertExact(NamespacePlan plan, Carrier carrier, string rule)
    {
        Assert.Contains($" ip saddr {plan.Uplink.Address} ", rule);
        Assert.Contains(carrier.Port is null ? $" meta l4proto {carrier.Protocol} " : $" {carrier.Protocol} dport {carrier.Port} ", rule);
        Assert.Equal(carrier.Address is not null, rule.Contains($" ip daddr {carrier.Address} ", StringComparison.Ordinal));
        Assert.EndsWith($" meta skuid {plan.TunnelUid}{(plan.TunnelUid == 0 ? " meta skgid 970" : "")} counter accept", rule);
    }

    private static bool IsNarrow(NamespacePlan plan, string rule)
    {
        var (uplink, vpnNet) = (plan.Uplink, plan.VpnNet);
        string[] narrow =
        [
            .. from socket in ProxySockets
               where vpnNet is not null
               select $"oifname \"{vpnNet!.Name}\" ip saddr {vpnNet.Address} {socket} {Reply}",
            .. plan.PublishedPorts.Select(port => $"oifname \"{uplink.Name}\" ip saddr {uplink.Address} ip daddr {uplink.Gateway} tcp sport {port} {Reply}"),
            .. plan.Upstreams.Select(u => $"oifname \"tun0\" ip daddr {u.Address} tcp dport {u.Port} ct state established accept"),
            "oifname \"lo\" ip daddr 127.0.0.54 ct state established accept",
        ];
        return narrow.Contains(rule);
    }
}
