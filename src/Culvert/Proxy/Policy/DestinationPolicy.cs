using System.Collections.Immutable;
using System.Net;
using Culvert.Stack;

namespace Culvert.Proxy.Policy;

/// <summary>
/// What the configuration lets the proxies dial: port, then scope, then every address. Deny wins. One engine for SOCKS,
/// CONNECT and plain HTTP.
/// </summary>
internal sealed class DestinationPolicy(ProxySettings settings, ImmutableArray<LlmProvider> providers, AddressPolicy addresses)
{
    private readonly ImmutableArray<DomainSuffix>? _domains = settings.Destinations switch
    {
        DestinationScope.Public => null,
        DestinationScope.Llm => [.. providers.SelectMany(provider => provider.Hosts)],
        DestinationScope.List => settings.AllowedDomains,
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Destinations, "not a destination scope"),
    };

    /// <summary>Checks what is known before a name is resolved. An address cannot prove a domain, so a list denies it.</summary>
    public ProxyFailure? Check(Destination destination)
    {
        if (!settings.AllowedPorts.Contains(destination.Port))
        {
            return ProxyFailure.PolicyDenied;
        }

        if (destination.Name is not { } name)
        {
            return _domains is null && addresses.Allows(destination.Address!) ? null : ProxyFailure.PolicyDenied;
        }

        return IsLocalName(name) || (_domains is { } domains && !domains.Any(domain => domain.Matches(name)))
            ? ProxyFailure.PolicyDenied
            : null;
    }

    /// <summary>Checks what a name resolved to. One forbidden address denies the name: a mixed answer is how rebinding looks.</summary>
    public ProxyFailure? Check(ImmutableArray<IPAddress> resolved) =>
        resolved.All(addresses.Allows) ? null : ProxyFailure.PolicyDenied;

    // RFC 6761 section 6.3: localhost is loopback and is never asked of a server.
    private static bool IsLocalName(string name) =>
        name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal);
}
