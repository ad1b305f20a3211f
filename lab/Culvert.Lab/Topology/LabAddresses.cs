using System.Net;

namespace Culvert.Lab.Topology;

/// <summary>Who lives where. Only documentation ranges (RFC 5737, RFC 3849) and the well-known resolvers that leaks would go to.</summary>
/// <remarks>
/// <code>
///   host 192.0.2.10 ──┐                        ┌── exit1 203.0.113.11 (OpenVPN, NAT)
///                     ├── isp (counts, routes) ┼── exit2 203.0.113.12
///   eavesdropper .53 ─┘   192.0.2.1            └── providers 198.51.100.10 .20 .30 .40, DoT .53
/// </code>
/// </remarks>
public static class LabAddresses
{
    public static readonly IPAddress Host = IPAddress.Parse("192.0.2.10");
    public static readonly IPAddress HostV6 = IPAddress.Parse("2001:db8:2::10");

    /// <summary>What the ISP's DHCP would give the host as its resolver: it answers, and writes down what it hears.</summary>
    public static readonly IPAddress IspResolver = IPAddress.Parse("192.0.2.53");

    /// <summary>Where else a leaked DNS query would go; the eavesdropper answers there too.</summary>
    public static readonly IReadOnlyList<IPAddress> PublicResolvers =
        [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("8.8.4.4"), IPAddress.Parse("1.1.1.1"), IPAddress.Parse("9.9.9.9")];

    public static readonly IPAddress DotResolver = IPAddress.Parse("198.51.100.53");
    public const string DotResolverName = "dns.lab.example";

    public const int OpenVpnPort = 1194;

    /// <summary>Every provider of the lab. openrouter.ai has an IPv6 address too, as real ones do.</summary>
    public static readonly IReadOnlyList<LabProvider> Providers =
    [
        new("openai", "api.openai.com", IPAddress.Parse("198.51.100.10"), null),
        new("openrouter", "openrouter.ai", IPAddress.Parse("198.51.100.20"), IPAddress.Parse("2001:db8:100::20")),
        new("anthropic", "api.anthropic.com", IPAddress.Parse("198.51.100.30"), null),
        new("ipify", "api.ipify.org", IPAddress.Parse("198.51.100.40"), null),
    ];
}

/// <summary>A service of the lab: the name it answers to and its addresses.</summary>
public sealed record LabProvider(string Id, string Host, IPAddress Address, IPAddress? AddressV6);
