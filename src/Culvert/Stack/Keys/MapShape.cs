using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>A map whose keys the user chooses.</summary>
internal sealed class MapShape<T>(string keyKind, Regex keyPattern, Shape<T> item, string example) : Shape<ImmutableArray<KeyValuePair<string, T>>>
{
    public override bool TryRead(Node node, Place place, out ImmutableArray<KeyValuePair<string, T>> value)
    {
        value = [];
        if (node is not MapNode map)
        {
            return place.RefuseKind(node, "a map", $"write it like {example}");
        }

        var values = ImmutableArray.CreateBuilder<KeyValuePair<string, T>>(map.Entries.Length);
        var all = true;
        foreach (var (key, each) in map.Entries)
        {
            if (!keyPattern.IsMatch(key.Text))
            {
                all = place.Refuse(key, $"{place.Name} has the key {Quoted.Of(key.Text)}", $"it should be {keyKind}", $"write it like {example}");
            }
            else if (item.TryRead(each, place.Below(key.Text), out var read))
            {
                values.Add(new(key.Text, read));
            }
            else
            {
                all = false;
            }
        }

        value = values.DrainToImmutable();
        return all;
    }

    public override JsonObject ToJsonSchema() => new()
    {
        ["type"] = "object",
        // The draft takes ECMA 262's anchors, which here mean the same: a key has no line break in it.
        ["propertyNames"] = new JsonObject { ["pattern"] = keyPattern.ToString().Replace(@"\A", "^").Replace(@"\z", "$") },
        ["additionalProperties"] = item.ToJsonSchema(),
    };
}
