using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>
/// A key of culvert.yaml. Everything that is said of it anywhere comes from here: how it is read, what it is without
/// being written, its part of the JSON Schema and its lines in the file that <c>culvert init</c> writes.
/// </summary>
/// <param name="name">As written in the file.</param>
/// <param name="default">As it would be written in the file; null for a key that is nothing unless written.</param>
/// <param name="description">One or two sentences for people.</param>
/// <param name="example">As it would be written in the file, where the default does not show how.</param>
internal abstract class Key(string name, string? @default, string description, string? example)
{
    public string Name => name;

    public string? Default => @default;

    public string Description => description;

    public string? Example => example;

    public abstract Shape Shape { get; }

    /// <summary>The value of the node, or the default when there is none or it was refused.</summary>
    public abstract object? Read(Node? node, Place place);

    public JsonObject ToJsonSchema()
    {
        var schema = Shape.ToJsonSchema();
        schema["description"] = description;
        if (@default is not null && Shape.Keys.Count == 0)
        {
            schema["default"] = YamlJson.Of(@default);
        }

        if (example is not null)
        {
            schema["examples"] = new JsonArray(YamlJson.Of(example));
        }

        return schema;
    }
}

/// <inheritdoc />
internal sealed class Key<T>(string name, Shape<T> shape, string? @default, string description, string? example = null)
    : Key(name, @default, description, example)
{
    public override Shape Shape => shape;

    public override object? Read(Node? node, Place place)
    {
        if (node is not null && shape.TryRead(node, place.Below(Name), out var value))
        {
            return value;
        }

        return Default is null ? default : ReadDefault(place);
    }

    // A default goes through the same reader as a written value, so it cannot mean something else.
    private T? ReadDefault(Place place)
    {
        var findings = new Findings($"the default of {Name}");
        var node = YamlText.Parse(Default!, findings)!;
        return shape.TryRead(node, place.Below(Name) with { Findings = findings }, out var value)
            ? value
            : throw new InvalidOperationException(string.Join(Environment.NewLine, findings.ToList()));
    }
}
