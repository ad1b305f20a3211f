using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Proxy.Policy;

/// <summary>The ports and the scope of one application, or of all that have none of their own.</summary>
internal sealed class DestinationRule(DestinationScope scope, ImmutableArray<DomainSuffix> listed, ImmutableArray<int> ports, ImmutableArray<LlmProvider> providers)
{
    private readonly ImmutableArray<DomainSuffix>? _domains = scope switch
    {
        DestinationScope.Public => null,
        DestinationScope.Llm => [.. providers.SelectMany(provider => provider.Hosts)],
        DestinationScope.List => listed,
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "not a destination scope"),
    };

    /// <summary>An address cannot prove a domain, so a list denies it.</summary>
    public bool Allows(Destination destination) =>
        ports.Contains(destination.Port)
        && (_domains is not { } domains || (destination.Name is { } name && domains.Any(domain => domain.Matches(name))));
}
