using CsCheck;
using Culvert.Guard;

namespace Culvert.Tests.Guard;

public sealed class RuleTokensTests
{
    [Theory]
    [InlineData("counter packets 3 bytes 180 drop", "counter drop")]
    [InlineData("counter  drop", "counter drop")]
    [InlineData("type nat hook output priority dstnat - 10; policy accept;", "type nat hook output priority -110 ; policy accept ;")]
    [InlineData("type nat hook output priority -110; policy accept;", "type nat hook output priority -110 ; policy accept ;")]
    [InlineData("type filter hook input priority 0; policy drop;", "type filter hook input priority 0 ; policy drop ;")]
    [InlineData("type filter hook input priority filter; policy drop;", "type filter hook input priority 0 ; policy drop ;")]
    [InlineData("type filter hook input priority filter + 5;", "type filter hook input priority 5 ;")]
    [InlineData("reject with icmpx type admin-prohibited", "reject with icmpx admin-prohibited")]
    [InlineData("icmp code 4 accept", "icmp code frag-needed accept")]
    [InlineData("meta l4proto tcp counter reject with tcp reset", "counter reject with tcp reset")]
    [InlineData("counter reject with tcp reset", "counter reject with tcp reset")]
    public void Spellings_of_the_same_thing_become_one(string line, string canonical) =>
        Assert.Equal(canonical, RuleTokens.Canonical(line));

    [Theory]
    [InlineData("counter drop", "drop")]
    [InlineData("policy drop;", "policy accept;")]
    [InlineData("priority filter - 1;", "priority filter + 1;")]
    [InlineData("priority security;", "priority filter;")]
    [InlineData("meta l4proto udp counter reject with tcp reset", "counter reject with tcp reset")]
    [InlineData("meta l4proto tcp counter accept", "counter accept")]
    [InlineData("icmp code 3 accept", "icmp code frag-needed accept")]
    [InlineData("icmpv6 code 4 accept", "icmpv6 code frag-needed accept")]
    [InlineData("log prefix \"counter packets 3 bytes 180\"", "log prefix \"counter\"")]
    [InlineData("oifname \"lo\" accept", "oifname lo accept")]
    [InlineData("tcp dport 53 accept", "udp dport 53 accept")]
    public void Different_things_stay_different(string line, string other) =>
        Assert.NotEqual(RuleTokens.Canonical(other), RuleTokens.Canonical(line));

    [Theory]
    [InlineData("a \"b c\" d", new[] { "a", "\"b c\"", "d" })]
    [InlineData("prefix \"culvert; refused \" group 5;", new[] { "prefix", "\"culvert; refused \"", "group", "5", ";" })]
    [InlineData("a;b", new[] { "a", ";", "b" })]
    [InlineData("a \"unclosed b", new[] { "a", "\"unclosed b" })]
    [InlineData("", new string[0])]
    public void A_quoted_string_is_one_word(string line, string[] words) => Assert.Equal(words, RuleTokens.Split(line));

    [Fact]
    public void The_canonical_form_of_a_canonical_line_is_itself() =>
        PhrasedLine.Sample(line => RuleTokens.Canonical(RuleTokens.Canonical(line)) == RuleTokens.Canonical(line));

    [Fact]
    public void No_word_is_lost_but_counter_values() => Line
        .Where(line => !line.Contains("counter", StringComparison.Ordinal) && !line.Contains("reset", StringComparison.Ordinal))
        .Sample(line => Assert.Equal(
            line.Count(c => c == '\u2022'),
            RuleTokens.Canonical(line).Count(c => c == '\u2022')));

    private static readonly string[] Words =
        ["counter", "packets", "bytes", "3", "priority", "filter", "-", "+", "icmpx", "type", "icmp", "code", "4", "\u2022", "\"a \u2022 b\"", ";", "meta", "l4proto", "tcp", "reject", "with", "reset", "drop"];

    /// <summary>As nft writes them: a word that is dropped behind another (`icmpx type`) does not follow itself.</summary>
    private static readonly string[] Phrases =
        ["counter", "counter packets 3 bytes 180", "priority filter", "priority dstnat - 10", "icmpx type port-unreachable", "icmp code 4", "\u2022", "\"a \u2022 b\"", ";", "drop", "meta l4proto 17", "meta l4proto 6 reject with tcp reset"];

    private static readonly Gen<string> PhrasedLine = Gen.Int[0, Phrases.Length - 1].Select(i => Phrases[i]).Array[0, 12].Select(phrases => string.Join(' ', phrases));

    private static readonly Gen<string> Line = Gen.Int[0, Words.Length - 1].Select(i => Words[i]).Array[0, 12].Select(words => string.Join(' ', words));
}
