using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>
/// Counts every frame that comes in on one cable, at netdev ingress: before bridging, routing and any other filter, so exactly.
/// The kinds exclude each other and add up to everything.
/// </summary>
public sealed class LegCounters
{
    private static readonly string[] Kinds =
        ["carrier", "arp", "neighbour", "undelivered", "ipv6", "dns", "dot", "tcp", "udp", "icmp", "ip", "other"];

    // Without it some kinds would be keywords of nft.
    private const string Prefix = "seen_";
    private const string Added = "added as carrier";
    private static readonly string[] Transports = ["tcp", "udp"];
    private static readonly int[] TransportNumbers = [6, 17];
    private readonly LabPlace place;
    private readonly string table;

    private LegCounters(LabPlace place, string table)
    {
        this.place = place;
        this.table = table;
    }

    /// <summary>What came in since the lab was started; use <see cref="IspCounters.Since"/> for a window.</summary>
    public async Task<IspCounters> ReadAsync(CancellationToken cancellationToken)
    {
        var json = await place.RequireAsync("nft", ["-j", "list", "counters", "table", "netdev", table], cancellationToken);
        using var document = JsonDocument.Parse(json);
        var counts = document.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("counter", out _))
            .Select(item => item.GetProperty("counter"))
            .ToDictionary(
                counter => counter.GetProperty("name").GetString()![Prefix.Length..],
                counter => new PacketCount(counter.GetProperty("packets").GetInt64(), counter.GetProperty("bytes").GetInt64()));
        return new IspCounters(counts);
    }

    /// <summary>Installs the counters on <paramref name="leg"/>; <paramref name="exits"/> are the addresses whose OpenVPN port is carrier.</summary>
    internal static async Task<LegCounters> InstallAsync(
        LabPlace place,
        string leg,
        IReadOnlyList<string> exits,
        CancellationToken cancellationToken)
    {
        await place.RequireAsync("nft", ["-f", "-"], cancellationToken, Ruleset(leg, exits));
        return new LegCounters(place, TableOf(leg));
    }

    /// <summary>From now on what goes to this address and TCP port counts as carrier: of a client whose servers are known by their port alone.</summary>
    public Task CountAsCarrierAsync(IPAddress address, int port, CancellationToken cancellationToken) => place.RequireAsync(
        "nft",
        [$"insert rule netdev {table} leg ip daddr {address} tcp dport {port} counter name seen_carrier accept comment \"{Added}\""],
        cancellationToken);

    /// <summary>Takes back what <see cref="CountAsCarrierAsync"/> added.</summary>
    public async Task CountAsBeforeAsync(CancellationToken cancellationToken)
    {
        var rules = await place.RequireAsync("nft", ["--handle", "list", "chain", "netdev", table, "leg"], cancellationToken);
        foreach (var rule in rules.Split('\n').Where(line => line.Contains(Added, StringComparison.Ordinal)))
        {
            await place.RequireAsync("nft", ["delete", "rule", "netdev", table, "leg", "handle", rule[(rule.LastIndexOf(' ') + 1)..]], cancellationToken);
        }
    }

    private static string TableOf(string leg) => $"lab_{leg.Replace('-', '_')}";

    private static string Ruleset(string leg, IReadOnlyList<string> exits)
    {
        var counters = string.Concat(Kinds.Select(kind => $"  counter seen_{kind} {{ }}\n"));
        var carriers = string.Concat(exits.SelectMany(exit => Transports.Select(protocol =>
            $"    ip daddr {exit} {protocol} dport {LabAddresses.OpenVpnPort} counter name seen_carrier accept\n")));

        // RFC 792: 8 bytes, then the packet that could not be delivered from its IPv4 header on. One that the exit itself sent from its
        // carrier's port (protocol, source, source port) and gets back: nothing in it is from this side of the tunnel.
        var undelivered = string.Concat(exits.SelectMany(exit => TransportNumbers.Select(protocol =>
            $"    ip daddr {exit} icmp type destination-unreachable @th,64,8 0x45 @th,136,8 {protocol} "
            + $"@th,160,32 {BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(exit).GetAddressBytes())} @th,224,16 {LabAddresses.OpenVpnPort} counter name seen_undelivered accept\n")));

        // Neighbour discovery and multicast listener reports are to IPv6 what ARP is to IPv4: the link's own upkeep.
        return $$"""
            table netdev {{TableOf(leg)}} {
            {{counters}}
              chain leg { type filter hook ingress device "{{leg}}" priority 0; policy accept;
                ether type arp counter name seen_arp accept
            {{carriers}}
            {{undelivered}}
                icmpv6 type 130-136 counter name seen_neighbour accept
                icmpv6 type 143 counter name seen_neighbour accept
                ether type ip6 counter name seen_ipv6 accept
                udp dport 53 counter name seen_dns accept
                tcp dport 53 counter name seen_dns accept
                tcp dport 853 counter name seen_dot accept
                ip protocol tcp counter name seen_tcp accept
                ip protocol udp counter name seen_udp accept
                ip protocol icmp counter name seen_icmp accept
                ether type ip counter name seen_ip accept
                counter name seen_other
              }
            }

            """;
    }
}
