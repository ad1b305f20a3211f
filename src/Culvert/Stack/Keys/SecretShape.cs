using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Stack.Reading;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>The path of a file that holds a secret. No message repeats what is written: it may be the secret itself.</summary>
internal sealed class SecretShape(SecretContent content, string example) : Shape<SecretFile?>
{
    private const int LongestPath = 4095;

    public override bool TryRead(Node node, Place place, [MaybeNullWhen(false)] out SecretFile? value)
    {
        value = null;
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            return place.RefuseKind(node, "the path of a file", $"write it like {example}");
        }

        if (scalar.Text.Length is 0 or > LongestPath || scalar.Text.Any(char.IsControl))
        {
            return place.Refuse(node, $"{place.Name} is not a path", $"{content.Kind} is a secret, so only the path of a file that holds it is written here", $"write it like {example}");
        }

        value = place.Secrets.Find(scalar, place, content);
        return value is not null;
    }

    public override JsonObject ToJsonSchema() => new() { ["type"] = "string", ["minLength"] = 1 };
}
