using System.Collections.Immutable;
using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>
/// What hold does to the routes: the carrier's addresses by the uplink's gateway, everything else nowhere until the
/// tunnel's default route comes. <see cref="OutputRule"/> is the table for a client whose server is not known beforehand.
/// </summary>
internal sealed record RoutePlan(
    ImmutableArray<IpRouteEntry> Replace, ImmutableArray<IpRouteEntry> Delete, string? OutputRule)
{
    /// <summary>Sockets that a client binds to the uplink find their way in this table; no mark is needed.</summary>
    public const string UplinkTable = "100";

    private static readonly IpRouteEntry Nowhere =
        new(IpRouteEntry.Default, Metric: uint.MaxValue, Type: "unreachable");

    public static RoutePlan Of(NamespacePlan plan, IReadOnlyList<IpRouteEntry> now, IReadOnlyList<IpRuleEntry> rules)
    {
        var uplink = plan.Uplink;
        var onLink = Ipv4Text.NetworkOf(uplink.Address, uplink.PrefixLength);
        var carriers = plan.Carriers
            .Where(c => c.Address is not null && !c.Bound && !onLink.Contains(IPAddress.Parse(c.Address)))
            .Select(c => new IpRouteEntry(c.Address!, uplink.Gateway, uplink.Name))
            .Distinct()
            .ToImmutableArray();
        var anywhere = plan.Carriers.Any(c => c.Address is null || c.Bound);
        return new RoutePlan(
            [Nowhere, .. carriers, .. anywhere ? [new IpRouteEntry(IpRouteEntry.Default, uplink.Gateway, uplink.Name, Table: UplinkTable)] : Array.Empty<IpRouteEntry>()],
            [.. now.Where(route => LeadsOut(route, carriers))],
            anywhere && !rules.Any(r => r.OutputInterface == uplink.Name && r.Table == UplinkTable) ? uplink.Name : null);
    }

    // Defaults beside the tunnel's, and whatever goes through a gateway without being a carrier's: the guard refuses what
    // would follow them, but a route that leads nowhere fails at once and tells the truth in `ip route`.
    private static bool LeadsOut(IpRouteEntry route, ImmutableArray<IpRouteEntry> carriers) =>
        route.Type is null
        && route.Device != Role.TunnelInterface
        && (route.Destination == IpRouteEntry.Default || route.Gateway is not null || route.NextHops is not null)
        && !carriers.Any(c => c.Destination == route.Destination && c.Gateway == route.Gateway && c.Device == route.Device && route.Metric is null);

    public async Task ApplyAsync(IpRoute ip, CancellationToken cancellationToken)
    {
        // First: a replacement takes the place of a route to the same destination, which could not be deleted any more.
        foreach (var route in Delete)
        {
            await ip.DeleteRouteAsync(route, cancellationToken);
        }

        foreach (var route in Replace)
        {
            await ip.ReplaceRouteAsync(route, cancellationToken);
        }

        if (OutputRule is not null)
        {
            await ip.AddOutputRuleAsync(OutputRule, UplinkTable, cancellationToken);
        }
    }
}
