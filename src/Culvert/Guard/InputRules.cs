using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>What may come in. The rest is dropped without an answer: a RST or an ICMP error would be a packet on the uplink, and tell that the address is here.</summary>
internal static class InputRules
{
    public static ImmutableArray<string> Of(NamespacePlan plan) =>
    [
        "iifname \"lo\" accept",
        $"iifname \"{Role.TunnelInterface}\" ct state established,related accept",
        .. plan.Carriers.Select(carrier => CarrierReply(plan, carrier)),
        PathMtu(plan),
        .. VpnNet(plan),
        .. PublishedPorts(plan),
        "counter",
    ];

    private static string CarrierReply(NamespacePlan plan, Carrier carrier) =>
        $"iifname \"{plan.Uplink.Name}\""
        + (carrier.Address is null ? "" : $" ip saddr {carrier.Address}")
        + $" ip daddr {plan.Uplink.Address}"
        + (carrier.Port is null ? $" meta l4proto {carrier.Protocol}" : $" {carrier.Protocol} sport {carrier.Port}")
        + " ct state established ct direction reply accept";

    // Without it a carrier behind a smaller MTU hangs. It cannot be turned against the tunnel: `related` needs a packet of
    // ours quoted inside, the kernel wants the error to be addressed to that packet's source, and from the uplink's
    // address only the carrier ever leaves. It makes the carrier's segments smaller and no packet of its own. Other codes
    // stay out: they would let whoever sits on the uplink abort the carrier.
    private static string PathMtu(NamespacePlan plan) =>
        $"iifname \"{plan.Uplink.Name}\" ip daddr {plan.Uplink.Address} icmp type destination-unreachable icmp code frag-needed ct state related accept";

    private static IEnumerable<string> VpnNet(NamespacePlan plan)
    {
        if (plan.VpnNet is not { } vpnNet)
        {
            return [];
        }

        var network = Ipv4Text.NetworkOf(vpnNet.Address, vpnNet.PrefixLength);
        var arrives = $"iifname \"{vpnNet.Name}\"";
        var bridges = new[] { network.Host(1), vpnNet.Gateway ?? network.Host(1) }.Distinct();
        return
        [
            // The bridge's own address is the host: a process there is not an application on vpn-net.
            .. bridges.Select(bridge => $"{arrives} ip saddr {bridge} counter drop"),
            .. from port in new[] { Role.SocksPort, Role.HttpPort }
               select $"{arrives} ip saddr {network} ip daddr {vpnNet.Address} tcp dport {port} accept",
            // SOCKS5's UDP ASSOCIATE: one port for every association, so that it can be named.
            $"{arrives} ip saddr {network} ip daddr {vpnNet.Address} udp dport {Role.SocksPort} accept",
        ];
    }

    private static IEnumerable<string> PublishedPorts(NamespacePlan plan) =>
        from port in plan.PublishedPorts
        select $"iifname \"{plan.Uplink.Name}\" ip saddr {plan.Uplink.Gateway} ip daddr {plan.Uplink.Address} tcp dport {port} accept";
}
