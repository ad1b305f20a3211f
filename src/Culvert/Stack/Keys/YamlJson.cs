using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>A default or an example, written as YAML in the definition, → JSON for the schema.</summary>
internal static class YamlJson
{
    public static JsonNode? Of(string yaml)
    {
        var findings = new Findings(yaml);
        var node = YamlText.Parse(yaml, findings);
        return findings.Any ? throw new InvalidOperationException(findings.ToList()[0].ToString()) : node is null ? null : Of(node);
    }

    private static JsonNode? Of(Node node) => node switch
    {
        ScalarNode { IsNothing: true } => null,
        ScalarNode { Plain: true, Text: "true" or "false" } flag => flag.Text == "true",
        ScalarNode { Plain: true } number when int.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        ScalarNode text => text.Text,
        ListNode list => new JsonArray([.. list.Items.Select(Of)]),
        MapNode map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, Of(e.Value)))),
        _ => throw new InvalidOperationException("A default holds no refused node."),
    };
}
