using Culvert.Stack.Reading;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>Where a reader is: the path of the value (<c>vpn.locations.0</c>) and what it may use there.</summary>
internal sealed record Place(string Path, Findings Findings, SecretPlaces Secrets)
{
    public Place Below(string key) => this with { Path = Path.Length == 0 ? key : $"{Path}.{key}" };

    /// <summary>How messages call this place.</summary>
    public string Name => Path.Length == 0 ? "the stack" : Path;

    /// <summary>Adds a finding unless the node was refused already. Always false, so that readers can return it.</summary>
    public bool Refuse(Node node, string what, string why, string fix)
    {
        if (node is not RefusedNode)
        {
            Findings.Add(node.At, what, why, fix);
        }

        return false;
    }

    /// <summary>The node is of another kind than <paramref name="expected"/>. The value itself is not repeated: it may be a secret.</summary>
    public bool RefuseKind(Node node, string expected, string fix) => Refuse(node, $"{Name} is {KindOf(node)}", $"it should be {expected}", fix);

    private static string KindOf(Node node) => node switch
    {
        ScalarNode { IsNothing: true } => "empty",
        ScalarNode { Plain: false } => "a text in quotes",
        ScalarNode => "a single value",
        ListNode => "a list",
        _ => "a map",
    };
}
