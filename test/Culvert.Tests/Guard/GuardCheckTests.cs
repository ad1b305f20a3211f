using CsCheck;
using Culvert.Guard;

namespace Culvert.Tests.Guard;

/// <summary>Each damage to a listing is noticed; other spellings of the same ruleset are not.</summary>
public sealed class GuardCheckTests
{
    private static readonly RuleTable Table = Ruleset.Of(Plans.Typical);

    [Fact]
    public void What_was_meant_is_intact() => Plans.Any.Sample(plan =>
        Assert.Empty(GuardCheck.Differences(plan, Ruleset.Of(plan).ToText())));

    [Fact]
    public void Counters_and_spellings_of_other_versions_are_no_damage() => Assert.Empty(Differences(Table.ToText()
        .Replace("counter", "counter packets 12 bytes 34")
        .Replace("priority -110", "priority dstnat - 10")
        .Replace("priority filter", "priority 0")
        .Replace("icmpx admin-prohibited", "icmpx type admin-prohibited")
        .Replace("meta l4proto tcp counter packets 12 bytes 34 reject with tcp reset", "counter packets 12 bytes 34 reject with tcp reset")
        .Replace("icmp code frag-needed", "icmp code 4")));

    [Fact]
    public void A_missing_line_is_noticed_wherever_it_stood()
    {
        foreach (var (chain, line) in Places())
        {
            Assert.NotEmpty(Differences(With(chain, rules => rules.RemoveAt(line))));
        }
    }

    [Fact]
    public void An_inserted_rule_is_noticed_wherever_it_stands()
    {
        foreach (var (chain, line) in Places())
        {
            var difference = Assert.Single(Differences(With(chain, rules => rules.Insert(line, "oifname \"uplink0\" accept"))), d => d.Contains("stands where", StringComparison.Ordinal));
            Assert.Contains("oifname \"uplink0\" accept", difference);
        }
    }

    [Fact]
    public void Two_rules_in_the_other_order_are_noticed()
    {
        foreach (var (chain, line) in Places().Where(place => place.Line > 0))
        {
            Assert.NotEmpty(Differences(With(chain, rules => (rules[line - 1], rules[line]) = (rules[line], rules[line - 1]))));
        }
    }

    [Fact]
    public void A_changed_word_is_noticed_wherever_it_stands() => Plans.Any.SelectMany(plan => Gen.Int[0, 10_000], (plan, at) => (plan, at)).Sample((plan, at) =>
    {
        var lines = Ruleset.Of(plan).ToText().Split('\n');
        var line = at % lines.Length;
        var words = lines[line].Split(' ');
        var word = at / lines.Length % words.Length;
        if (words[word].Length > 0 && lines[line] is not "}" and not "\t}")
        {
            words[word] += "x";
            lines[line] = string.Join(' ', words);
            Assert.NotEmpty(GuardCheck.Differences(plan, string.Join('\n', lines)));
        }
    });

    [Theory]
    [InlineData("hook output priority filter; policy drop;", "hook output priority filter; policy accept;")]
    [InlineData("hook input priority filter; policy drop;", "hook input priority filter; policy accept;")]
    [InlineData("hook forward priority filter; policy drop;", "hook forward priority filter; policy accept;")]
    [InlineData("hook output priority filter", "hook output priority filter + 1")]
    [InlineData("hook output priority -110", "hook output priority -90")]
    [InlineData("type filter hook output", "type route hook output")]
    [InlineData("chain refuse {", "chain other {")]
    [InlineData("table inet culvert {", "table ip culvert {")]
    [InlineData("table inet culvert {", "table inet culvert {\n\tflags dormant")]
    [InlineData("\tchain forward {", "\tchain more {\n\t}\n\tchain forward {")]
    [InlineData("\tchain dns {", "\tset s {\n\t\ttype ipv4_addr\n\t}\n\tchain dns {")]
    [InlineData("meta skuid 970", "meta skuid 971")]
    public void A_change_of_hook_policy_name_or_table_is_noticed(string right, string wrong)
    {
        Assert.Contains(right, Table.ToText());
        Assert.NotEmpty(Differences(Table.ToText().Replace(right, wrong)));
    }

    [Fact]
    public void A_table_that_is_gone_is_named() => Assert.Equal(["the table inet culvert is not loaded"], Differences(""));

    [Fact]
    public void A_second_table_of_the_name_is_noticed() =>
        Assert.Contains("2 tables are named culvert", Differences(Table.ToText() + "table ip culvert {\n}\n")[0]);

    [Fact]
    public void A_table_of_a_stranger_is_noticed() =>
        Assert.Equal(["the table ip other is not the guard's"], Differences(Table.ToText() + "table ip other {\n}\n"));

    [Fact]
    public void A_difference_says_what_stands_where_what_belongs() => Assert.Equal(
        ["chain forward, line 1: `type filter hook forward priority 0 ; policy accept ;` stands where `type filter hook forward priority 0 ; policy drop ;` belongs"],
        Differences(Table.ToText().Replace("hook forward priority filter; policy drop", "hook forward priority filter; policy accept")));

    private static IReadOnlyList<string> Differences(string listing) => GuardCheck.Differences(Table, listing);

    private static IEnumerable<(int Chain, int Line)> Places() =>
        from chain in Enumerable.Range(0, Table.Chains.Length)
        from line in Enumerable.Range(0, Table.Chains[chain].Rules.Length)
        select (chain, line);

    private static string With(int chain, Action<List<string>> damage)
    {
        var rules = Table.Chains[chain].Rules.ToList();
        damage(rules);
        return (Table with { Chains = Table.Chains.SetItem(chain, Table.Chains[chain] with { Rules = [.. rules] }) }).ToText();
    }
}
