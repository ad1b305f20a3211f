using Culvert.Guard;
using Culvert.Tests.Guard;
using Culvert.Tests.Linux;
using Culvert.Verification;

namespace Culvert.Tests.Verification;

/// <summary>On what the real nft prints.</summary>
public sealed class RulesetAuditTests
{
    [Fact]
    public async Task The_guard_holds_nothing_forbidden()
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        await new Nft(space.Standpoint).ReplaceAsync(Ruleset.Of(Plans.Typical), TestContext.Current.CancellationToken);
        Assert.Empty(await AuditAsync(space));
    }

    [Theory]
    [InlineData("meta mark set 1", "a mark")]
    [InlineData("meta mark 1 accept", "a mark")]
    [InlineData("ct mark set 1", "a mark")]
    [InlineData("ct mark 1 accept", "a mark")]
    [InlineData("meta mark set ct mark", "a mark")]
    [InlineData("fib saddr . mark oif 0 drop", "a mark")]
    [InlineData("ip daddr { 192.0.2.1, 192.0.2.2 } accept", "an anonymous set")]
    [InlineData("ip daddr vmap { 192.0.2.1 : accept }", "a vmap")]
    [InlineData("ip daddr @s accept", "the set @s")]
    public async Task What_a_rule_holds_is_found_with_its_place(string rule, string what)
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        await space.RunAsync("nft", $"add table ip other; add set ip other s {{ type ipv4_addr; }}; add chain ip other c; add rule ip other c {rule}");
        var found = await AuditAsync(space);
        Assert.Contains($"table ip other chain c has {what}", found);
        Assert.Contains("table ip other has a set", found);
    }

    [Theory]
    [InlineData("add map inet other m { type ipv4_addr : verdict; }", "table inet other has a map")]
    [InlineData("add set inet other s { type ipv4_addr; }", "table inet other has a set")]
    public async Task A_set_or_map_that_no_rule_uses_is_found(string command, string found)
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        await space.RunAsync("nft", $"add table inet other; {command}");
        Assert.Equal([found], await AuditAsync(space));
    }

    [Theory]
    [InlineData("""{"match": {"op": "==", "left": {"socket": {"key": "mark"}}, "right": 1}}""", "a mark")]
    [InlineData("""{"xt": {"type": "match", "name": "set"}}""", "an iptables extension that nft cannot read")]
    [InlineData("""{"xt": null}""", "an iptables extension that nft cannot read")]
    [InlineData("""{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "mark0"}}""", null)]
    [InlineData("""{"log": {"prefix": "mark"}}""", null)]
    public void Other_shapes_of_the_same_are_found(string expression, string? what) => Assert.Equal(
        what is null ? [] : [$"table ip nat chain c has {what}"],
        RulesetAudit.Forbidden($$$"""{"nftables": [{"metainfo": {"version": "1"}}, {"rule": {"family": "ip", "table": "nat", "chain": "c", "expr": [{{{expression}}}]}}]}"""));

    /// <summary>As Docker does it in every container; the same extension for other addresses, or another for these, is found.</summary>
    [Theory]
    [InlineData("==", "127.0.0.11", "DNAT", true)]
    [InlineData("!=", "127.0.0.11", "DNAT", false)]
    [InlineData("==", "127.0.0.12", "SNAT", false)]
    [InlineData("==", "127.0.0.11", "MARK", false)]
    public void The_translation_for_dockers_resolver_is_known(string op, string address, string target, bool known) => Assert.Equal(
        known ? [] : ["table ip nat chain c has an iptables extension that nft cannot read"],
        RulesetAudit.Forbidden($$$"""
            {"nftables": [{"rule": {"family": "ip", "table": "nat", "chain": "c", "expr": [
              {"match": {"op": "{{{op}}}", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "{{{address}}}"}},
              {"counter": {"packets": 0, "bytes": 0}}, {"xt": {"type": "target", "name": "{{{target}}}"}}]}}]}
            """));

    private static async Task<IReadOnlyList<string>> AuditAsync(TestNamespace space) =>
        RulesetAudit.Forbidden(await space.RunAsync("nft", "--json", "list", "ruleset"));
}
