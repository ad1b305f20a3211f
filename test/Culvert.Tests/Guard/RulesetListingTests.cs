using CsCheck;
using Culvert.Guard;

namespace Culvert.Tests.Guard;

public sealed class RulesetListingTests
{
    [Fact]
    public void A_table_comes_back_as_it_was_written() => Plans.Any.Sample(plan =>
    {
        var table = Ruleset.Of(plan);
        Assert.Equal(table.ToText(), Assert.Single(RulesetListing.Parse(table.ToText())).ToText());
    });

    [Fact]
    public void A_set_is_kept_with_all_its_lines_and_the_chain_after_it_is_found()
    {
        const string Listing = """
            table inet culvert {
            	set addresses {
            		type ipv4_addr
            		elements = { 192.0.2.1,
            			     192.0.2.2 }
            	}

            	chain output {
            		type filter hook output priority filter; policy drop;
            		ip daddr @addresses accept
            	}
            }
            """;
        var table = Assert.Single(RulesetListing.Parse(Listing));
        Assert.Equal(["set addresses {", "type ipv4_addr", "elements = { 192.0.2.1,", "192.0.2.2 }"], table.Others);
        Assert.Equal(["ip daddr @addresses accept"], Assert.Single(table.Chains).Rules);
    }

    [Fact]
    public void A_comment_before_the_hook_makes_a_chain_differ_and_hides_nothing()
    {
        var chain = Assert.Single(Assert.Single(RulesetListing.Parse("table ip a {\nchain b {\ncomment \"x\"\ntype filter hook output priority 0; policy accept;\n}\n}\n")).Chains);
        Assert.Null(chain.Hook);
        Assert.Equal(2, chain.Rules.Length);
    }

    [Fact]
    public void What_stands_outside_every_table_is_kept() => Assert.Equal(
        ["outside every table: something new"], Assert.Single(RulesetListing.Parse("something new\n")).Others);

    [Fact]
    public void Several_tables_are_kept_apart() => Assert.Equal(
        ["inet culvert", "ip nat"],
        RulesetListing.Parse("table inet culvert {\n}\n# Warning: managed by iptables-nft\ntable ip nat {\n}\n").Select(table => table.Title));

    [Fact]
    public void No_line_is_lost_however_broken_the_listing() =>
        Gen.OneOf("table inet a {", "chain b {", "}", "set c {", "rule", "type filter hook x;", "\t", "").Array[0, 20].Sample(lines =>
        {
            var kept = RulesetListing.Parse(string.Join('\n', lines)).Sum(table =>
                table.Others.Count(line => line.EndsWith("rule", StringComparison.Ordinal))
                + table.Chains.Sum(chain => chain.Rules.Count(rule => rule == "rule")));
            Assert.Equal(lines.Count(line => line == "rule"), kept);
        });
}
