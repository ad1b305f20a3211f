using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>The values of one section, defaults filled in, for the function that builds its record.</summary>
internal sealed class SectionValues(MapNode section, Place place, IReadOnlyDictionary<string, Node> nodes)
{
    private readonly Dictionary<Key, object?> values = [];

    public Place Place => place;

    public T Get<T>(Key<T> key) => (T)values[key]!;

    public void Set(Key key, object? value) => values[key] = value;

    public bool IsWritten(Key key) => nodes.ContainsKey(key.Name);

    /// <summary>The node of the key, or the section's own where the key is not written: the place for findings about it.</summary>
    public Node NodeOf(Key key) => nodes.GetValueOrDefault(key.Name) ?? section;
}
