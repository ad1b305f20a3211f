using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>
/// The resolver that answers outside the tunnel is for the client alone, or dev's names would leave beside tun0. Nobody else
/// answers in its place either: who chooses the addresses of the client's servers chooses where the carrier goes.
/// </summary>
internal static class BootstrapRules
{
    public static ImmutableArray<string> Of(NamespacePlan plan) => [.. For(plan, "daddr"), .. For(plan, "saddr")];

    // What the kernel sends by itself (a reset, an ICMP error, the last ACK) has no owner and is no question.
    private static IEnumerable<string> For(NamespacePlan plan, string side)
    {
        var packet = $"oifname \"lo\" ip {side} {Role.BootstrapAddress}";
        return
        [
            $"{packet} {TunnelIdentity.Of(plan)} accept",
            .. TunnelIdentity.Others(plan).Select(others => $"{packet} {others} goto {Ruleset.RefuseChain}"),
            .. side == "daddr" ? [$"{packet} ct state established accept", $"{packet} counter drop"] : Array.Empty<string>(),
        ];
    }
}
