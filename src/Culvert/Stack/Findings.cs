using Culvert.Stack.Yaml;

namespace Culvert.Stack;

/// <summary>Collects the findings of one file in the order in which they are met.</summary>
internal sealed class Findings(string file)
{
    private readonly List<Finding> found = [];

    public bool Any => found.Count > 0;

    public void Add(Position at, string what, string why, string fix) =>
        found.Add(new Finding(file, at.Line, at.Column, what, why, fix));

    /// <summary>Sorted by place, so that a person can work through the file from top to bottom.</summary>
    public IReadOnlyList<Finding> ToList() => [.. found.OrderBy(f => f.Line).ThenBy(f => f.Column)];
}
