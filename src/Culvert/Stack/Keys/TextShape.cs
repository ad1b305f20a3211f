using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>One line of text with a meaning: an address, a name, a URL.</summary>
/// <param name="kind">What it is, with its article: "a network".</param>
/// <param name="example">Shown where the value is missing or of another kind.</param>
/// <param name="pattern">For editors only; <paramref name="parse"/> decides.</param>
/// <param name="parse">Text of 1 to 1000 characters without control characters → value.</param>
internal sealed class TextShape<T>(string kind, string example, string? pattern, Func<string, Parsed<T>> parse) : Shape<T>
{
    private const int Longest = 1000;

    public override bool TryRead(Node node, Place place, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            return place.RefuseKind(node, kind, $"write it like {example}");
        }

        var text = scalar.Text;
        if (text.Length is 0 or > Longest || text.Any(char.IsControl))
        {
            var what = text.Length == 0 ? "is empty" : text.Length > Longest ? $"has {text.Length} characters" : "holds a control character";
            return place.Refuse(node, $"{place.Name} {what}", $"it should be {kind} on one line", $"write it like {example}");
        }

        var parsed = parse(text);
        value = parsed.Value;
        return parsed.Ok || place.Refuse(node, $"{place.Name} is {Quoted.Of(text)}", parsed.Why, parsed.Fix);
    }

    public override JsonObject ToJsonSchema()
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        return schema;
    }
}
