using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>Either the report of a namespace that is held, or every reason why it is not.</summary>
internal sealed record HoldOutcome(NamespaceReport? Report, IReadOnlyList<string> Problems);

/// <summary>
/// Makes the namespace safe: guard, read back, kernel parameters, routes, tun0, in this order. Each step may be done
/// again where it was done before; none opens a gap, because the guard is replaced in one transaction and stands alone.
/// </summary>
internal sealed class NamespaceHold(IpRoute ip, Nft nft, TimeProvider time)
{
    /// <summary>Throws <see cref="SubprocessFailedException"/> when <c>ip</c> or <c>nft</c> fails.</summary>
    public async Task<HoldOutcome> StandAsync(
        StackDefinition stack,
        IReadOnlyList<Carrier> carriers,
        NamespaceReport? earlier,
        CancellationToken cancellationToken)
    {
        var interfaces = await ip.InterfacesAsync(cancellationToken);
        var routes = await ip.RoutesAsync(cancellationToken);
        var found = NamespaceInterfaces.Find(stack.Network, interfaces, routes, earlier);
        if (found.Problems.Count > 0 || found.Uplink is null)
        {
            return Failed(found.Problems);
        }

        var plan = NamespacePlan.Of(stack, found.Uplink, found.VpnNet, carriers);
        if (plan.Problems() is { Count: > 0 } problems)
        {
            return Failed(problems);
        }

        var table = Ruleset.Of(plan);
        await nft.ReplaceAsync(table, cancellationToken);
        var loadedAt = time.GetUtcNow();
        var differences = GuardCheck.Differences(table, await nft.ListAsync(cancellationToken));
        if (differences.Count > 0)
        {
            return Failed([.. differences.Select(d => $"the guard was loaded, but read back it is not what was meant: {d}")]);
        }

        string[] names = [found.Uplink.Name, .. found.VpnNet is null ? [] : new[] { found.VpnNet.Name }];
        IReadOnlyList<string> obstacles =
            [.. NamespaceSysctls.Settle(names), .. TunnelDevice.Problem(interfaces) is { } problem ? [problem] : Array.Empty<string>()];
        if (obstacles.Count > 0)
        {
            return Failed(obstacles);
        }

        await RoutePlan.Of(plan, routes, await ip.RulesAsync(cancellationToken)).ApplyAsync(ip, cancellationToken);
        await TunnelDevice.EnsureAsync(ip, interfaces, plan.TunnelUid, cancellationToken);
        return new HoldOutcome(
            new NamespaceReport(found.Uplink, found.VpnNet, plan.Carriers, Ruleset.Sha256(table), loadedAt) { Network = NetworkNamespace.OwnId() }, []);
    }

    private static HoldOutcome Failed(IReadOnlyList<string> problems) => new(null, problems);
}
