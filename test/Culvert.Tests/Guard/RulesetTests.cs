using CsCheck;
using Culvert.Guard;
using Culvert.Stack;

namespace Culvert.Tests.Guard;

public sealed class RulesetTests
{
    [Fact]
    public void Reads_like_this()
    {
        var expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Guard", "typical.nft"));
        Assert.Equal(expected, Ruleset.Transaction(Ruleset.Of(Plans.Typical)));
    }

    [Fact]
    public void Every_chain_with_a_filter_hook_drops_what_no_rule_accepts() => Plans.Any.Sample(plan =>
        Ruleset.Of(plan).Chains.Where(chain => chain.Hook?.StartsWith("type filter", StringComparison.Ordinal) == true)
            .Select(chain => (chain.Name, chain.Hook!.EndsWith("policy drop;", StringComparison.Ordinal)))
            .SequenceEqual([("output", true), ("input", true), ("forward", true)]));

    [Fact]
    public void No_plan_brings_a_set_a_map_or_a_mark() => Plans.Any.Sample(plan =>
    {
        var text = Ruleset.Of(plan).ToText();
        Assert.DoesNotContain("mark", text);
        // The only braces are those of the table and its chains.
        Assert.All(
            text.Split('\n').Where(line => line.Contains('{')),
            line => Assert.Matches(@"^(table|\tchain) [a-z ]+ \{$", line));
        Assert.DoesNotContain('@', text);
    });

    [Fact]
    public void Nothing_is_forwarded() => Plans.Any.Sample(plan => Ruleset.Of(plan).RulesOf("forward") is ["counter"]);

    [Fact]
    public void What_is_refused_is_counted_before_it_is_logged_and_never_accepted()
    {
        var rules = Ruleset.Of(Plans.Typical).RulesOf(Ruleset.RefuseChain);
        Assert.Equal("counter", rules[0]);
        Assert.Contains("limit rate", rules[1]);
        Assert.DoesNotContain(rules, rule => rule.Contains("accept", StringComparison.Ordinal));
        Assert.Contains("reject", rules[^1]);
    }

    [Fact]
    public void Dockers_resolver_is_translated_before_Docker_does_it()
    {
        var dns = Ruleset.Of(Plans.Typical).Chains.Single(chain => chain.Name == "dns");
        Assert.Contains("priority -110", dns.Hook);
        Assert.Equal(2, dns.Rules.Count(rule => rule.EndsWith("dport 53 dnat ip to 127.0.0.1:53", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_plan_gives_the_same_text_and_another_carrier_another_sum() => Plans.Any.Sample(plan =>
        Ruleset.Sha256(Ruleset.Of(plan)) == Ruleset.Sha256(Ruleset.Of(plan with { }))
        && Ruleset.Sha256(Ruleset.Of(plan)) != Ruleset.Sha256(Ruleset.Of(plan with { Carriers = [.. plan.Carriers, new Carrier("udp", "192.0.2.200", 65535)] })));

    [Fact]
    public void The_transaction_deletes_the_table_that_it_may_have_to_make_first()
    {
        var lines = Ruleset.Transaction(Ruleset.Of(Plans.Typical)).Split('\n');
        Assert.Equal(["table inet culvert", "delete table inet culvert", "table inet culvert {"], lines[..3]);
        Assert.Equal(Role.TunnelInterface, "tun0");
    }
}
