using System.Collections.Immutable;
using Culvert.Stack.Values;

namespace Culvert.Stack.Keys;

/// <summary>The value of <c>destinations</c>: a word, or a list of domains.</summary>
internal sealed record AllowedDestinations(DestinationScope Scope, ImmutableArray<DomainSuffix> Domains)
{
    public static readonly Shape<AllowedDestinations> Shape = new EitherShape<AllowedDestinations>(
        new ChoiceShape<AllowedDestinations>(
            ("public", new(DestinationScope.Public, [])),
            ("llm", new(DestinationScope.Llm, [])))
        { Otherwise = "a list of domains" },
        new MappedShape<ImmutableArray<DomainSuffix>, AllowedDestinations>(
            new ListShape<DomainSuffix>(DomainText.Suffix, 1, "`[openai.com, pypi.org]`"),
            domains => new(DestinationScope.List, domains)));
}
