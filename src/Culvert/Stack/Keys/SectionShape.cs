using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>A map with a fixed set of keys, built into a <typeparamref name="T"/>. Nothing at all is the same as an empty map.</summary>
internal sealed class SectionShape<T>(IReadOnlyList<Key> keys, Func<SectionValues, T> build) : Shape<T>
{
    public override IReadOnlyList<Key> Keys => keys;

    public override bool TryRead(Node node, Place place, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        var map = node is ScalarNode { IsNothing: true } ? new MapNode(node.At, []) : node as MapNode;
        if (map is null)
        {
            return place.RefuseKind(node, $"a map with {Words.List(Names)}", $"write `{keys[0].Name}: value`, with a space after the colon");
        }

        var nodes = map.Entries.ToDictionary(e => e.Key.Text, e => e.Value, StringComparer.Ordinal);
        RefuseUnknown(map, place);
        var values = new SectionValues(map, place, nodes);
        foreach (var key in keys)
        {
            values.Set(key, key.Read(nodes.GetValueOrDefault(key.Name), place));
        }

        // Built even when a part was refused, so that findings between keys are told at the same time.
        value = build(values);
        return true;
    }

    public override JsonObject ToJsonSchema() => new()
    {
        ["type"] = new JsonArray("object", "null"),
        ["properties"] = new JsonObject(keys.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)k.ToJsonSchema()))),
        ["additionalProperties"] = false,
    };

    private string[] Names => [.. keys.Select(k => k.Name)];

    private void RefuseUnknown(MapNode map, Place place)
    {
        var names = Names;
        var why = $"{place.Name} has {Words.List(names)}";
        var unknown = 0;
        foreach (var (key, _) in map.Entries.Where(e => !names.Contains(e.Key.Text)))
        {
            // Nobody reads more suggestions than that, and each costs an edit distance to every name.
            var near = unknown++ < 100 ? Spelling.Nearest(key.Text, names) : null;
            var fix = near is not null ? $"did you mean {near}?" : "remove it or write one of those";
            place.Refuse(key, $"{Quoted.Of(key.Text)} is not a key here", why, fix);
        }
    }
}
