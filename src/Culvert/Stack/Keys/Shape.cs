using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>What the value of a key looks like. It describes itself to the JSON Schema.</summary>
internal abstract class Shape
{
    /// <summary>The keys below it, when it is a section with a fixed set of them.</summary>
    public virtual IReadOnlyList<Key> Keys => [];

    /// <summary>A new JSON Schema (draft 2020-12) of the value.</summary>
    public abstract JsonObject ToJsonSchema();
}

/// <summary>A shape whose values become a <typeparamref name="T"/>.</summary>
internal abstract class Shape<T> : Shape
{
    /// <summary>False after findings were added; the node may be anything that a stranger wrote.</summary>
    public abstract bool TryRead(Node node, Place place, [MaybeNullWhen(false)] out T value);
}
