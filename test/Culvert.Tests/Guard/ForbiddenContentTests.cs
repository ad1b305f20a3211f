using Culvert.Guard;
using Culvert.Linux;

namespace Culvert.Tests.Guard;

public sealed class ForbiddenContentTests
{
    private const string DockersTable = """
        table ip nat {
        	chain DOCKER_OUTPUT {
        		ip daddr 127.0.0.11 tcp dport 53 counter packets 0 bytes 0 dnat to 127.0.0.11:33697
        		ip daddr 127.0.0.11 udp dport 53 counter packets 0 bytes 0 dnat to 127.0.0.11:44093
        	}

        	chain OUTPUT {
        		type nat hook output priority dstnat; policy accept;
        		ip daddr 127.0.0.11 counter packets 0 bytes 0 jump DOCKER_OUTPUT
        	}

        	chain DOCKER_POSTROUTING {
        		ip saddr 127.0.0.11 tcp sport 33697 counter packets 0 bytes 0 snat to :53
        	}
        }
        """;

    [Theory]
    [InlineData("meta mark 1 accept")]
    [InlineData("meta mark set 1")]
    [InlineData("ct mark 1 accept")]
    [InlineData("socket mark 1 accept")]
    [InlineData("meta secmark set 1")]
    [InlineData("fib saddr . mark oif 0 drop")]
    [InlineData("counter xt target \"MARK\"")]
    [InlineData("xt match \"connmark\" accept")]
    public void A_mark_is_found(string rule) => Assert.Contains("uses a mark", Assert.Single(In(rule)));

    [Theory]
    [InlineData("ip daddr { 192.0.2.1, 192.0.2.2 } accept")]
    [InlineData("ip daddr {192.0.2.1} accept")]
    [InlineData("ip daddr @addresses accept")]
    [InlineData("ip daddr vmap { 192.0.2.1 : accept }")]
    [InlineData("add @addresses { ip saddr }")]
    [InlineData("meter m { ip saddr limit rate 1/second } accept")]
    [InlineData("xt match \"set\" accept")]
    [InlineData("xt target \"SET\"")]
    public void A_set_or_map_is_found(string rule) => Assert.Contains("uses a set or map", Assert.Single(In(rule)));

    [Theory]
    [InlineData("set addresses {\ntype ipv4_addr\n}")]
    [InlineData("map addresses {\ntype ipv4_addr : verdict\n}")]
    [InlineData("flowtable f {\nhook ingress priority filter\n}")]
    public void One_that_no_rule_uses_is_found_too(string item) =>
        Assert.NotEmpty(ForbiddenContent.In(RulesetListing.Parse($"table ip other {{\n{item}\n}}\n")));

    [Theory]
    [InlineData("log prefix \"a mark { set @x\"")]
    [InlineData("ip daddr 192.0.2.1 accept")]
    [InlineData("comment \"marked\"")]
    public void Words_in_a_string_are_not(string rule) => Assert.Empty(In(rule));

    [Fact]
    public void The_guard_itself_holds_nothing_forbidden() =>
        Assert.Empty(ForbiddenContent.In(RulesetListing.Parse(Ruleset.Of(Plans.Typical).ToText())));

    [Fact]
    public void Dockers_translation_for_its_own_resolver_is_known() => Assert.Empty(Strangers(DockersTable));

    [Theory]
    [InlineData("ip daddr 127.0.0.11 udp", "ip daddr != 127.0.0.11 udp")]
    [InlineData("ip daddr 127.0.0.11 counter packets 0 bytes 0 jump DOCKER_OUTPUT", "jump DOCKER_OUTPUT")]
    [InlineData("ip daddr 127.0.0.11 counter", "udp dport 53 counter")]
    [InlineData("table ip nat", "table ip6 nat")]
    [InlineData("table ip nat {", "table ip nat {\n\tset s {\n\t\ttype ipv4_addr\n\t}")]
    public void A_table_that_looks_like_it_and_does_more_is_a_stranger(string right, string wrong)
    {
        Assert.Contains(right, DockersTable);
        Assert.Single(Strangers(DockersTable.Replace(right, wrong)));
    }

    [Fact]
    public void A_policy_rule_that_looks_at_a_firewall_mark_is_found() => Assert.Equal(
        ["ip rule 100 looks at the firewall mark 0x1"],
        ForbiddenContent.In([new IpRuleEntry(0, null, "local", null), new IpRuleEntry(100, null, "main", "0x1")]));

    private static IEnumerable<string> In(string rule) =>
        ForbiddenContent.In(RulesetListing.Parse($"table ip other {{\n\tchain c {{\n\t\t{rule}\n\t}}\n}}\n"));

    private static IEnumerable<string> Strangers(string listing) =>
        ForbiddenContent.StrangersAmong(RulesetListing.Parse(listing), Ruleset.Of(Plans.Typical));
}
