using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>A single value, or something longer in its place.</summary>
internal sealed class EitherShape<T>(Shape<T> single, Shape<T> longer) : Shape<T>
{
    public override bool TryRead(Node node, Place place, [MaybeNullWhen(false)] out T value) =>
        (node is ScalarNode ? single : longer).TryRead(node, place, out value);

    public override JsonObject ToJsonSchema() => new() { ["anyOf"] = new JsonArray(single.ToJsonSchema(), longer.ToJsonSchema()) };
}

/// <summary>Values of one shape turned into another type.</summary>
internal sealed class MappedShape<TFrom, T>(Shape<TFrom> inner, Func<TFrom, T> map) : Shape<T>
{
    public override bool TryRead(Node node, Place place, [MaybeNullWhen(false)] out T value)
    {
        var read = inner.TryRead(node, place, out var from);
        value = read ? map(from!) : default;
        return read;
    }

    public override JsonObject ToJsonSchema() => inner.ToJsonSchema();
}
