using System.Collections.Immutable;
using System.Net.Sockets;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>What may leave. Every rule names its interface; whatever reaches the end is refused.</summary>
internal static class OutputRules
{
    /// <summary>Where no VPN server that is not known by address can be: this network, private and shared ones, the link, groups and what is reserved.</summary>
    private static readonly ImmutableArray<string> NotPublic =
        ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"];

    private const string Tunnel = $"oifname \"{Role.TunnelInterface}\"";

    /// <summary>The second half of a connection that somebody else opened, and only that.</summary>
    private const string Reply = "ct state established ct direction reply accept";

    public static ImmutableArray<string> Of(NamespacePlan plan) =>
    [
        // First of all, because a joined container may switch IPv6 on again by sysctl. It also stops router solicitations
        // and MLD reports, which the kernel sends by itself.
        "meta nfproto ipv6 oifname != \"lo\" counter drop",
        // Docker's resolver answers on other ports of this address too, and would ask the host.
        "ip daddr 127.0.0.11 counter drop",
        "ip saddr 127.0.0.11 counter drop",
        .. plan.HasBootstrap ? BootstrapRules.Of(plan) : [],
        .. ProxyRules.Jump(plan),
        "oifname \"lo\" accept",
        .. OwnAddressesInTheTunnel(plan),
        .. plan.Upstreams.Where(u => u.Address.AddressFamily == AddressFamily.InterNetwork).SelectMany(Upstream),
        .. NoOtherDns(),
        $"{Tunnel} accept",
        .. plan.Carriers.SelectMany(carrier => Carrier(plan, carrier)),
        .. VpnNetReplies(plan),
        .. PublishedPortReplies(plan),
        $"goto {Ruleset.RefuseChain}",
    ];

    // An answer to an application whose interface has just gone would follow the default route into the tunnel.
    private static IEnumerable<string> OwnAddressesInTheTunnel(NamespacePlan plan)
    {
        yield return $"{Tunnel} ip saddr {plan.Uplink.Address} goto {Ruleset.RefuseChain}";
        if (plan.VpnNet is { } vpnNet)
        {
            yield return $"{Tunnel} ip saddr {vpnNet.Address} goto {Ruleset.RefuseChain}";
        }
    }

    // Packets that the kernel sends for a closed socket (the last ACK) have no uid: neither `skuid 1053` nor
    // `skuid != 1053` matches them. They belong to a connection whose first packet had the resolver's.
    private static IEnumerable<string> Upstream(DnsUpstream upstream)
    {
        var packet = $"{Tunnel} ip daddr {upstream.Address} tcp dport {upstream.Port}";
        return
        [
            $"{packet} meta skuid {Role.Resolver.Uid} accept",
            $"{packet} meta skuid != {Role.Resolver.Uid} goto {Ruleset.RefuseChain}",
            $"{packet} ct state established accept",
        ];
    }

    private static IEnumerable<string> NoOtherDns() =>
    [
        // The resolver asks its upstreams and nobody else: no fallback, whatever its configuration says.
        $"{Tunnel} meta skuid {Role.Resolver.Uid} goto {Ruleset.RefuseChain}",
        $"{Tunnel} udp dport 53 goto {Ruleset.RefuseChain}",
        $"{Tunnel} tcp dport 53 goto {Ruleset.RefuseChain}",
        $"{Tunnel} udp dport 853 goto {Ruleset.RefuseChain}",
        $"{Tunnel} tcp dport 853 goto {Ruleset.RefuseChain}",
    ];

    // Never `established` here: an injected route would then carry live payload out in clear. What has no uid (the last
    // ACK of a carrier that was closed) is dropped without an event: it is nobody's attempt to leave.
    private static IEnumerable<string> Carrier(NamespacePlan plan, Carrier carrier)
    {
        var packet = Packet(plan, carrier, carrier.Address);
        return
        [
            .. carrier.Address is null ? NotPublic.Select(network => $"{Packet(plan, carrier, network)} goto {Ruleset.RefuseChain}") : [],
            $"{packet} {TunnelIdentity.Of(plan)} counter accept",
            .. TunnelIdentity.Others(plan).Select(others => $"{packet} {others} goto {Ruleset.RefuseChain}"),
            $"{packet} counter drop",
        ];
    }

    private static string Packet(NamespacePlan plan, Carrier carrier, string? to) =>
        $"oifname \"{plan.Uplink.Name}\" ip saddr {plan.Uplink.Address}"
        + (to is null ? "" : $" ip daddr {to}")
        + (carrier.Port is null ? $" meta l4proto {carrier.Protocol}" : $" {carrier.Protocol} dport {carrier.Port}");

    private static IEnumerable<string> VpnNetReplies(NamespacePlan plan) =>
        plan.VpnNet is not { } vpnNet
            ? []
            : from socket in new[] { $"tcp sport {Role.SocksPort}", $"tcp sport {Role.HttpPort}", $"udp sport {Role.SocksPort}" }
              select $"oifname \"{vpnNet.Name}\" ip saddr {vpnNet.Address} {socket} {Reply}";

    private static IEnumerable<string> PublishedPortReplies(NamespacePlan plan) =>
        from port in plan.PublishedPorts
        select $"oifname \"{plan.Uplink.Name}\" ip saddr {plan.Uplink.Address} ip daddr {plan.Uplink.Gateway} tcp sport {port} {Reply}";
}
