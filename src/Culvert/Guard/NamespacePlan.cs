using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>
/// Everything that the guard's ruleset depends on; the ruleset is a pure function of it. <see cref="TunnelUid"/> is the
/// uid that may send the carrier, <see cref="PublishedPorts"/> are TCP ports that the uplink's gateway may reach.
/// </summary>
internal sealed record NamespacePlan(
    InterfaceReport Uplink,
    InterfaceReport? VpnNet,
    ImmutableArray<Carrier> Carriers,
    ImmutableArray<DnsUpstream> Upstreams,
    int TunnelUid,
    ImmutableArray<int> PublishedPorts)
{
    /// <summary>
    /// The group that has to match as well, null where the uid is the tunnel role's alone: dev may have a root of its own, who
    /// without a capability cannot take a group (docs/adr/0005).
    /// </summary>
    public int? TunnelGid => TunnelUid == 0 ? Role.Tunnel.Uid : null;

    /// <summary>The client needs names before there is a tunnel, so the tunnel role answers them.</summary>
    public bool HasBootstrap => Carriers.Any(carrier => carrier.Bound);

    /// <summary>Null where the proxies keep to their bounds themselves.</summary>
    public ProxyBounds? Proxies { get; init; }

    /// <summary>The plan of a namespace as hold reported it: what must stand there now.</summary>
    public static NamespacePlan Of(StackDefinition stack, NamespaceReport report) =>
        Of(stack, report.Uplink, report.VpnNet, report.Carriers);

    public static NamespacePlan Of(
        StackDefinition stack, InterfaceReport uplink, InterfaceReport? vpnNet, IReadOnlyList<Carrier> carriers) =>
        new(
            uplink,
            vpnNet,
            [.. carriers.Distinct()],
            stack.Dns.Upstreams,
            // AdGuard's client insists on root, and in a container only root has a capability to start with (docs/adr/0003).
            stack.Vpn.Driver == VpnDriver.AdGuard || stack.Runtime == StackRuntime.Compose ? 0 : Role.Tunnel.Uid,
            // Docker's port publishing connects from the bridge's address; without an engine nobody publishes anything.
            stack.Runtime == StackRuntime.Compose ? [.. stack.Dev.VsCode ? new[] { DevSettings.EditorPort } : [], Role.StatusPort, Role.PrometheusPort] : [])
        {
            Proxies = ProxyBounds.Of(stack),
        };

    /// <summary>The addresses that the namespaces runtime gives; a container engine chooses others.</summary>
    public static (InterfaceReport Uplink, InterfaceReport VpnNet) ConventionalInterfaces(NetworkSettings network) =>
        (new InterfaceReport("uplink0", network.Uplink.Host(100), network.Uplink.PrefixLength, network.Uplink.Host(2)),
            new InterfaceReport("vpnnet0", network.VpnNet.Host(2), network.VpnNet.PrefixLength, null));

    /// <summary>Why no ruleset may be written from this plan: each would put something else than meant into it.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (Carriers.IsEmpty)
        {
            problems.Add("the guard has no carrier to let out, so the tunnel could never come up; name a location under vpn.locations");
        }

        foreach (var carrier in Carriers)
        {
            if (carrier.Protocol is not ("tcp" or "udp"))
            {
                problems.Add($"the carrier's protocol is {carrier.Protocol}, but it must be tcp or udp");
            }

            if (carrier.Address is not null && !Ipv4Text.IsAddress(carrier.Address))
            {
                problems.Add($"the carrier's address {carrier.Address} is not an IPv4 address; name the server by address, because its name would have to be resolved in clear");
            }

            if (carrier.Port is < 1 or > 65535)
            {
                problems.Add($"the carrier's port {carrier.Port} is not between 1 and 65535");
            }
        }

        foreach (var report in VpnNet is null ? new[] { Uplink } : [Uplink, VpnNet])
        {
            if (!InterfaceName.IsPlain(report.Name))
            {
                problems.Add($"the interface name {report.Name} holds a character that means something else in a ruleset; rename it to letters, digits, '.', '_' and '-'");
            }
        }

        return problems;
    }
}
