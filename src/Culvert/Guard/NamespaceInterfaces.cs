using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>The interfaces of the two networks, found by address: a container engine swaps eth0 and eth1 across restarts.</summary>
internal sealed record NamespaceInterfaces(InterfaceReport? Uplink, InterfaceReport? VpnNet, IReadOnlyList<string> Problems)
{
    /// <param name="network">The two networks of the configuration.</param>
    /// <param name="interfaces">What <c>ip addr</c> listed.</param>
    /// <param name="routes">The main table.</param>
    /// <param name="earlier">The report of an earlier hold: it has taken the default route away, and the gateway with it.</param>
    public static NamespaceInterfaces Find(
        NetworkSettings network,
        IReadOnlyList<IpInterface> interfaces,
        IReadOnlyList<IpRouteEntry> routes,
        NamespaceReport? earlier)
    {
        List<string> problems = [];
        var uplink = InterfaceIn("uplink", network.Uplink, interfaces, problems);
        var noUplink = uplink is null && problems.Count == 0;
        var vpnNet = InterfaceIn("vpn-net", network.VpnNet, interfaces, problems);
        if (noUplink)
        {
            problems.Add($"no interface has an address in the uplink network {network.Uplink}; attach the namespace to that network, or set network.uplink to the one it is on");
        }

        if (uplink is not null)
        {
            uplink = uplink with { Gateway = GatewayOf(uplink, routes) ?? EarlierGateway(uplink, earlier) };
            if (uplink.Gateway is null)
            {
                problems.Add($"the uplink {uplink.Name} has no default route to take the gateway from, and no earlier hold left a report of it; start hold before anything removes that route");
            }
        }

        return new NamespaceInterfaces(uplink, vpnNet, problems);
    }

    private static InterfaceReport? InterfaceIn(
        string what, IPNetwork network, IReadOnlyList<IpInterface> interfaces, List<string> problems)
    {
        var found = (from i in interfaces
                     where i.Name != Role.TunnelInterface
                     from address in i.Addresses ?? []
                     where address.Family == "inet" && network.Contains(IPAddress.Parse(address.Local))
                     select new InterfaceReport(i.Name!, address.Local, address.PrefixLength, null)).ToList();
        if (found.Count > 1)
        {
            problems.Add($"{found.Count} addresses are in the {what} network {network} ({string.Join(", ", found.Select(f => $"{f.Address} on {f.Name}"))}), but the guard needs exactly one");
        }

        return found.Count == 1 ? found[0] : null;
    }

    private static string? GatewayOf(InterfaceReport uplink, IReadOnlyList<IpRouteEntry> routes) =>
        routes.FirstOrDefault(r => r.Destination == IpRouteEntry.Default && r.Device == uplink.Name && r.Gateway is not null)?.Gateway;

    private static string? EarlierGateway(InterfaceReport uplink, NamespaceReport? earlier) =>
        earlier is not null && earlier.Uplink.Address == uplink.Address ? earlier.Uplink.Gateway : null;
}
