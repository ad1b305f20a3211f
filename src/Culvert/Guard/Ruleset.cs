using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Guard;

/// <summary>
/// The guard: one static table for the whole life of the namespace. It does not depend on whether the tunnel is up:
/// tun0 may be used, the carrier may leave by the uplink, and nothing else may. No set, no map, no mark.
/// </summary>
internal static class Ruleset
{
    public const string Family = "inet";
    public const string Name = "culvert";
    public const string RefuseChain = "refuse";

    /// <summary>The NFLOG group that the tunnel role reads refusals from.</summary>
    public const int LogGroup = 5;

    public static RuleTable Of(NamespacePlan plan) => new(
        Family,
        Name,
        [
            new RuleChain("dns", "type nat hook output priority -110; policy accept;", Dns()),
            new RuleChain("output", "type filter hook output priority filter; policy drop;", OutputRules.Of(plan)),
            .. ProxyRules.Of(plan),
            new RuleChain(RefuseChain, null, Refuse()),
            new RuleChain("input", "type filter hook input priority filter; policy drop;", InputRules.Of(plan)),
            new RuleChain("forward", "type filter hook forward priority filter; policy drop;", ["counter"]),
        ],
        []);

    /// <summary>
    /// Forbids every packet, until the guard takes its place. Where a table of that name stands already, loading this changes
    /// nothing in it: its chains are there, with the same policy, and no rule is added.
    /// </summary>
    public static RuleTable Closed { get; } = new(
        Family,
        Name,
        [.. new[] { "output", "input", "forward" }.Select(hook => new RuleChain(hook, $"type filter hook {hook} priority filter; policy drop;", []))],
        []);

    /// <summary>What nft is given: the old table goes and the new one comes in one transaction, so that no packet meets neither.</summary>
    public static string Transaction(RuleTable table) =>
        $"table {table.Title}\ndelete table {table.Title}\n{table.ToText()}";

    public static string Sha256(RuleTable table) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(table.ToText())));

    // Docker's resolver sits at 127.0.0.11 and asks the host's resolvers. Its DNAT is at -100: this one comes first, and
    // a connection is translated once. Without Docker nothing is sent there.
    private static ImmutableArray<string> Dns() =>
    [
        "ip daddr 127.0.0.11 udp dport 53 dnat ip to 127.0.0.1:53",
        "ip daddr 127.0.0.11 tcp dport 53 dnat ip to 127.0.0.1:53",
    ];

    // The counter is exact, the log is rate limited: a flood must not drown its reader. 128 bytes hold the headers and
    // little of the payload. A reject, not a drop: the program that tried learns it at once instead of waiting.
    private static ImmutableArray<string> Refuse() =>
    [
        "counter",
        $"limit rate 10/second burst 20 packets log prefix \"{Refusal.Prefix}\" group {LogGroup} snaplen 128",
        "meta l4proto tcp counter reject with tcp reset",
        "counter reject with icmpx admin-prohibited",
    ];
}
