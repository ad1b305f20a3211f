using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>A list of like values, none of them twice.</summary>
internal sealed class ListShape<T>(Shape<T> item, int minimum, string example) : Shape<ImmutableArray<T>>
    where T : notnull
{
    public override bool TryRead(Node node, Place place, out ImmutableArray<T> value)
    {
        value = [];
        if (node is not ListNode list)
        {
            return place.RefuseKind(node, "a list", $"write it like {example}");
        }

        if (list.Items.Length < minimum)
        {
            return place.Refuse(node, $"{place.Name} is an empty list", "at least one entry is needed", $"write it like {example}, or remove the key to get its default");
        }

        var values = ImmutableArray.CreateBuilder<T>(list.Items.Length);
        var seen = new Dictionary<T, int>();
        var all = true;
        for (var i = 0; i < list.Items.Length; i++)
        {
            var each = list.Items[i];
            var there = place.Below($"{i}");
            if (!item.TryRead(each, there, out var read))
            {
                all = false;
            }
            else if (!seen.TryAdd(read, each.At.Line))
            {
                all = there.Refuse(each, $"{there.Name} repeats an earlier entry", $"line {seen[read]} has it already", "remove one of them");
            }
            else
            {
                values.Add(read);
            }
        }

        value = values.DrainToImmutable();
        return all;
    }

    public override JsonObject ToJsonSchema()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.ToJsonSchema(), ["uniqueItems"] = true };
        if (minimum > 0)
        {
            schema["minItems"] = minimum;
        }

        return schema;
    }
}
