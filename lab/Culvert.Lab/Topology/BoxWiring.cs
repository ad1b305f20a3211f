using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>Makes the namespaces and cables of <see cref="LabBox"/>, with the sysctls that Docker is told to set for its container.</summary>
internal static class BoxWiring
{
    public const string Neighbour = "dockerhost";
    public const string Box = "box";
    public const string App = "app";

    public static async Task ConnectAsync(LabSandbox sandbox, CancellationToken cancellationToken)
    {
        await Wiring.BatchAsync(sandbox.Root, Cables(), cancellationToken);
        await Wiring.BatchAsync(sandbox.Namespace(Wiring.Isp), ["link set dockerhost0 master lan up"], cancellationToken);
        await Task.WhenAll(
            NeighbourAsync(sandbox.Namespace(Neighbour), cancellationToken),
            Wiring.BatchAsync(
                sandbox.Namespace(Box),
                [
                    "link set lo up",
                    "link set uplink up",
                    "link set vpnnet up",
                    $"address add {LabBox.Address}/24 dev uplink",
                    $"address add {LabBox.VpnNetAddress}/24 dev vpnnet",
                    $"route add default via {LabBox.Gateway}",
                ],
                cancellationToken),
            Wiring.BatchAsync(
                sandbox.Namespace(App),
                ["link set lo up", "link set vpnnet up", $"address add {LabBox.AppAddress}/24 dev vpnnet", "route add default via 172.30.98.1"],
                cancellationToken));
        await SysctlsAsync(sandbox.Namespace(Box), cancellationToken);
    }

    private static IEnumerable<string> Cables() =>
    [
        $"netns add {Neighbour}",
        $"netns add {Box}",
        $"netns add {App}",
        $"link add dockerhost0 netns {Wiring.Isp} type veth peer name eth0 netns {Neighbour}",
        $"link add {LabBox.UplinkLeg} netns {Neighbour} type veth peer name uplink netns {Box}",
        $"link add {LabBox.VpnNetLeg} netns {Neighbour} type veth peer name vpnnet netns {Box}",
        $"link add app-vpnnet netns {Neighbour} type veth peer name vpnnet netns {App}",
    ];

    private static async Task NeighbourAsync(LabPlace place, CancellationToken cancellationToken)
    {
        await Wiring.BatchAsync(
            place,
            [
                "link set lo up",
                "link add br-uplink type bridge",
                "link add br-vpnnet type bridge",
                $"link set {LabBox.UplinkLeg} master br-uplink up",
                $"link set {LabBox.VpnNetLeg} master br-vpnnet up",
                "link set app-vpnnet master br-vpnnet up",
                "link set br-uplink up",
                "link set br-vpnnet up",
                "link set eth0 up",
                "address add 192.0.2.11/24 dev eth0",
                $"address add {LabBox.Gateway}/24 dev br-uplink",
                $"address add {LabBox.OtherGateway}/24 dev br-uplink",
                "address add 172.30.98.1/24 dev br-vpnnet",
                "route add default via 192.0.2.1",
            ],
            cancellationToken);
        await Wiring.SysctlAsync(place, "net/ipv4/ip_forward", "1", cancellationToken);
        await Wiring.MasqueradeAsync(place, cancellationToken);
    }

    /// <summary>After the interfaces are there, as runc does: those that exist keep their own <c>accept_redirects</c>.</summary>
    private static async Task SysctlsAsync(LabPlace box, CancellationToken cancellationToken)
    {
        (string Path, string Value)[] sysctls =
        [
            ("net/ipv6/conf/all/disable_ipv6", "1"),
            ("net/ipv6/conf/default/disable_ipv6", "1"),
            ("net/ipv4/conf/all/arp_ignore", "2"),
            ("net/ipv4/conf/all/accept_redirects", "0"),
            ("net/ipv4/conf/default/accept_redirects", "0"),
            ("net/ipv4/ip_unprivileged_port_start", "53"),
        ];
        foreach (var (path, value) in sysctls)
        {
            await Wiring.SysctlAsync(box, path, value, cancellationToken);
        }
    }
}
