using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Culvert.Stack.Catalogue;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>The list of providers: ids of the catalogue and maps, no id twice.</summary>
internal sealed class ProviderListShape : Shape<ImmutableArray<LlmProvider>>
{
    private static readonly ListShape<LlmProvider> List = new(
        new EitherShape<LlmProvider>(
            new ChoiceShape<LlmProvider>([.. ProviderCatalogue.All.Select(p => (p.Id, p))]),
            ProviderKeys.Section),
        0,
        "`[openai, anthropic]`");

    public override bool TryRead(Node node, Place place, out ImmutableArray<LlmProvider> value)
    {
        if (!List.TryRead(node, place, out value))
        {
            return false;
        }

        var repeated = value.GroupBy(p => p.Id).FirstOrDefault(g => g.Count() > 1);
        return repeated is null
            || place.Refuse(node, $"{place.Name} has {Quoted.Of(repeated.Key)} twice", "each provider has one place in probes and metrics", "keep one of them; a map with that id extends the catalogue's own");
    }

    public override JsonObject ToJsonSchema() => List.ToJsonSchema();
}
