using System.Net;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Stack.Catalogue;

namespace Culvert.Verification.Probes;

/// <summary>What an application is watched for: names of providers, addresses that some of them have (address → name), and the proxies that it may use.</summary>
internal sealed record CallWatch(IReadOnlyList<DomainSuffix> Providers, IReadOnlyDictionary<IPAddress, string> ProviderAddresses, IPAddress? Proxy)
{
    /// <summary>Docker's resolver, which listens in each container on a port of its own choice.</summary>
    private static readonly IPAddress DockersResolver = IPAddress.Parse("127.0.0.11");

    private const int Dns = 53;

    /// <summary>Those of the catalogue, and what a stack has besides.</summary>
    public static IReadOnlyList<DomainSuffix> ProvidersOf(IEnumerable<DomainSuffix> more) =>
        [.. ProviderCatalogue.All.SelectMany(provider => provider.Hosts).Concat(more).Distinct()];

    /// <summary>The options of <c>culvert probe calls</c>; the catalogue is in the program itself.</summary>
    public IEnumerable<string> Arguments =>
    [
        .. Providers.Except(ProvidersOf([])).SelectMany(provider => new[] { "--name", provider.Value }),
        .. ProviderAddresses.SelectMany(address => new[] { "--address", $"{address.Key}={address.Value}" }),
        .. Proxy is null ? Array.Empty<string>() : ["--proxy", $"{Proxy}"],
    ];

    public bool IsProvider(string name) => Providers.Any(provider => provider.Matches(name));

    public bool IsToProxy(in TransportPacket packet) =>
        packet.Protocol == FrameHeader.Tcp && packet.Destination.Port is Role.SocksPort or Role.HttpPort && packet.Destination.Address.Equals(Proxy);

    public static bool MayAskForName(in TransportPacket packet) => packet.Destination.Port == Dns || packet.Destination.Address.Equals(DockersResolver);
}
