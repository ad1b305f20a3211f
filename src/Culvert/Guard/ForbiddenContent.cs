using Culvert.Linux;

namespace Culvert.Guard;

/// <summary>What no ruleset in the namespace may hold, in whatever table: a set, a map, a mark.</summary>
internal static class ForbiddenContent
{
    private const string DockerResolver = "127.0.0.11";

    private static readonly HashSet<string> MarkWords =
        ["mark", "secmark", "\"mark\"", "\"MARK\"", "\"connmark\"", "\"CONNMARK\"", "connmark", "MARK", "CONNMARK", "CONNSECMARK", "SECMARK"];

    private static readonly HashSet<string> SetWords =
        ["set", "map", "vmap", "meter", "flowtable", "elements", "{", "match-set", "\"set\"", "\"SET\"", "SET", "add-set", "del-set"];

    public static IEnumerable<string> In(IReadOnlyList<RuleTable> tables) =>
        from table in tables
        from line in table.Others.Concat(table.Chains.SelectMany(c => c.Lines))
        let words = RuleTokens.Split(line)
        let what = words.Any(MarkWords.Contains) ? "a mark"
            : words.Any(w => SetWords.Contains(w) || w[0] is '@' or '{') ? "a set or map"
            : null
        where what is not null
        select $"table {table.Title} uses {what}: `{line}`";

    /// <summary>Tables of others. The container engine's translation for its resolver is known; another table could rewrite or copy packets.</summary>
    public static IEnumerable<string> StrangersAmong(IReadOnlyList<RuleTable> tables, RuleTable own) =>
        from table in tables
        where table.Name != own.Name && !IsDockersResolver(table)
        select $"the table {table.Title} is not the guard's";

    /// <summary>Policy rules that choose a route by firewall mark.</summary>
    public static IEnumerable<string> In(IReadOnlyList<IpRuleEntry> rules) =>
        from rule in rules
        where rule.FirewallMark is not null
        select $"ip rule {rule.Priority} looks at the firewall mark {rule.FirewallMark}";

    private static bool IsDockersResolver(RuleTable table) =>
        table is { Title: "ip nat", Others.IsEmpty: true }
        && table.Chains.SelectMany(c => c.Rules).All(OnlyForDockersResolver);

    // The address must be what the rule matches: with `!=` before it, or as a target of its own, the rule is for others.
    private static bool OnlyForDockersResolver(string rule)
    {
        var words = RuleTokens.Split(rule);
        return Enumerable.Range(0, Math.Max(0, words.Count - 2))
            .Any(i => words[i] == "ip" && words[i + 1] is "saddr" or "daddr" && words[i + 2] == DockerResolver);
    }
}
