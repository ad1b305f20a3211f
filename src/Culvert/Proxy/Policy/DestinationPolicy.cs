using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Culvert.Stack;

namespace Culvert.Proxy.Policy;

/// <summary>
/// What the configuration lets the proxies dial: port, then scope, then every address. One engine for SOCKS, CONNECT,
/// plain HTTP and UDP. What is written for an application's address or for a user takes the place of the general keys; where
/// there is something for both, both must allow: deny wins.
/// </summary>
internal sealed class DestinationPolicy(ProxySettings settings, ImmutableArray<LlmProvider> providers, AddressPolicy addresses)
{
    private readonly DestinationRule _general = new(settings.Destinations, settings.AllowedDomains, settings.AllowedPorts, providers);

    private readonly FrozenDictionary<IPAddress, DestinationRule> _applications = settings.Applications
        .Where(application => application.Own.HasPolicy)
        .ToFrozenDictionary(application => application.Address, application => RuleOf(application.Own, settings, providers));

    private readonly FrozenDictionary<string, DestinationRule> _users = settings.Users
        .Where(user => user.Own is { HasPolicy: true })
        .ToFrozenDictionary(user => user.Name, user => RuleOf(user.Own!, settings, providers));

    /// <summary>Checks what is known before a name is resolved.</summary>
    public ProxyFailure? Check(Destination destination, Caller caller)
    {
        var isAddressAllowed = destination.Name is { } name ? !IsLocalName(name) : addresses.Allows(destination.Address!);
        return isAddressAllowed && AllowsApplication(destination, caller) ? null : ProxyFailure.PolicyDenied;
    }

    /// <summary>Checks what a name resolved to. One forbidden address denies the name: a mixed answer is how rebinding looks.</summary>
    public ProxyFailure? Check(ImmutableArray<IPAddress> resolved) =>
        resolved.All(addresses.Allows) ? null : ProxyFailure.PolicyDenied;

    private bool AllowsApplication(Destination destination, Caller caller)
    {
        var ofAddress = _applications.GetValueOrDefault(caller.Address);
        var ofUser = caller.User is { } user ? _users.GetValueOrDefault(user) : null;
        return ofAddress is null && ofUser is null
            ? _general.Allows(destination)
            : (ofAddress?.Allows(destination) ?? true) && (ofUser?.Allows(destination) ?? true);
    }

    private static DestinationRule RuleOf(ApplicationSettings own, ProxySettings general, ImmutableArray<LlmProvider> providers) => new(
        own.Destinations ?? general.Destinations,
        own.Destinations is null ? general.AllowedDomains : own.AllowedDomains,
        own.AllowedPorts ?? general.AllowedPorts,
        providers);

    // RFC 6761 section 6.3: localhost is loopback and is never asked of a server.
    private static bool IsLocalName(string name) =>
        name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal);
}
