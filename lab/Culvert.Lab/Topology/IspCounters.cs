namespace Culvert.Lab.Topology;

public readonly record struct PacketCount(long Packets, long Bytes);

/// <summary>What came in on a cable, by kind. Everything that is not carrier, ARP or IPv6 neighbour upkeep is a leak of whoever was to be closed.</summary>
public sealed class IspCounters(IReadOnlyDictionary<string, PacketCount> counts)
{
    private static readonly string[] Allowed = ["carrier", "arp", "neighbour"];

    public PacketCount Carrier => counts["carrier"];

    public PacketCount Arp => counts["arp"];

    public PacketCount Neighbour => counts["neighbour"];

    /// <summary>
    /// ICMP errors to an exit that quote a packet of that exit's own carrier: what the host's kernel sends, of its own, when the exit's late
    /// packets find no namespace any more. The exit gets back what it sent, and nobody else gets anything.
    /// </summary>
    public PacketCount Undelivered => counts["undelivered"];

    public PacketCount Ipv6 => counts["ipv6"];

    /// <summary>Port 53, UDP and TCP.</summary>
    public PacketCount Dns => counts["dns"];

    public PacketCount DnsOverTls => counts["dot"];

    public PacketCount Tcp => counts["tcp"];

    public PacketCount Udp => counts["udp"];

    public PacketCount Icmp => counts["icmp"];

    /// <summary>Any other IPv4 protocol.</summary>
    public PacketCount OtherIp => counts["ip"];

    /// <summary>Neither IP nor ARP.</summary>
    public PacketCount Other => counts["other"];

    /// <summary>Packets outside the carrier: what must be 0.</summary>
    public long Leaked => counts.Where(count => !Allowed.Contains(count.Key)).Sum(count => count.Value.Packets);

    /// <summary>As <see cref="Leaked"/> where the namespace itself went away: without <see cref="Undelivered"/>, which no process inside can cause or send.</summary>
    public long LeakedFromInside => Leaked - Undelivered.Packets;

    /// <summary>What came in after <paramref name="earlier"/> was read.</summary>
    public IspCounters Since(IspCounters earlier) =>
        new(counts.ToDictionary(count => count.Key, count => earlier.After(count.Key, count.Value)));

    /// <summary>For people: <c>carrier 512, arp 2; outside the carrier: dns 1, tcp 7</c>.</summary>
    public override string ToString()
    {
        var leaks = string.Join(", ", counts.Where(count => !Allowed.Contains(count.Key) && count.Value.Packets > 0).Select(count => $"{count.Key} {count.Value.Packets}"));
        return $"carrier {Carrier.Packets}, arp {Arp.Packets}, neighbour {Neighbour.Packets}; outside the carrier: {(leaks.Length > 0 ? leaks : "0")}";
    }

    private PacketCount After(string kind, PacketCount now) =>
        new(now.Packets - counts[kind].Packets, now.Bytes - counts[kind].Bytes);
}
