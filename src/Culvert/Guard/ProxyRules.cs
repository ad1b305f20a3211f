using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>
/// Holds foreign proxies to where they may connect, whatever a client made them believe: Tinyproxy checks no address and, but
/// for CONNECT, no port; Dante resolves a name twice, once to check and once to dial.
/// </summary>
internal static class ProxyRules
{
    public const string Chain = "proxies";

    private const string Loopback = "oifname \"lo\" ip daddr 127.0.0.1";

    /// <summary>What sends a packet of the proxies' uid into the chain.</summary>
    public static IEnumerable<string> Jump(NamespacePlan plan) =>
        plan.Proxies is null ? [] : [$"meta skuid {Role.Proxy.Uid} jump {Chain}"];

    /// <summary>Returns to the other rules with what may go; those still stand.</summary>
    public static IEnumerable<RuleChain> Of(NamespacePlan plan) =>
        plan.Proxies is { } bounds ? [new RuleChain(Chain, null, Lines(bounds))] : [];

    private static ImmutableArray<string> Lines(ProxyBounds bounds) =>
    [
        // Answers to clients.
        "ct state established ct direction reply return",
        $"meta nfproto ipv6 goto {Ruleset.RefuseChain}",
        $"{Loopback} udp dport 53 return",
        $"{Loopback} tcp dport 53 return",
        // The health check has the same uid.
        $"{Loopback} tcp dport {Role.SocksPort} return",
        $"{Loopback} tcp dport {Role.HttpPort} return",
        $"oifname != \"{Role.TunnelInterface}\" goto {Ruleset.RefuseChain}",
        .. bounds.Forbidden.Select(network => $"ip daddr {(network.PrefixLength == 32 ? $"{network.BaseAddress}" : $"{network}")} goto {Ruleset.RefuseChain}"),
        .. bounds.Ports.Select(port => $"tcp dport {port} return"),
        $"goto {Ruleset.RefuseChain}",
    ];
}
