using System.Text.Json;

namespace Culvert.Verification;

/// <summary>Finds sets, maps and marks in what <c>nft --json list ruleset</c> prints, in every table, without knowing the plan.</summary>
internal static class RulesetAudit
{
    private static readonly HashSet<string> SetObjects = ["set", "map", "vmap", "element", "elem", "meter", "flowtable"];

    /// <summary>What is forbidden, each as a sentence that names its place.</summary>
    public static IReadOnlyList<string> Forbidden(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. from item in document.RootElement.GetProperty("nftables").EnumerateArray()
               from property in item.EnumerateObject()
               from what in In(property)
               select $"{Place(property)} has {what}",
        ];
    }

    private static IEnumerable<string> In(JsonProperty item) => SetObjects.Contains(item.Name)
        ? [$"a {item.Name}"]
        : item.Value.ValueKind == JsonValueKind.Object && item.Value.TryGetProperty("expr", out var expressions)
            ? expressions.EnumerateArray().Where(expression => !IsDockersResolver(item.Value, expressions, expression)).SelectMany(Walk).Distinct()
            : [];

    // The engine puts the translation for its resolver into every container by iptables; it can translate nobody else's packets.
    private static bool IsDockersResolver(JsonElement rule, JsonElement expressions, JsonElement expression) =>
        expression.TryGetProperty("xt", out var extension) && extension.ValueKind == JsonValueKind.Object
        && extension.GetProperty("type").GetString() == "target" && extension.GetProperty("name").GetString() is "DNAT" or "SNAT"
        && rule.GetProperty("family").GetString() == "ip" && rule.GetProperty("table").GetString() == "nat"
        && expressions.EnumerateArray().Any(IsForDockersResolver);

    private static bool IsForDockersResolver(JsonElement expression) =>
        expression.TryGetProperty("match", out var match) && match.GetProperty("op").GetString() == "=="
        && match.GetProperty("right") is { ValueKind: JsonValueKind.String } right && right.GetString() == "127.0.0.11"
        && match.GetProperty("left").TryGetProperty("payload", out var payload)
        && payload.TryGetProperty("protocol", out var protocol) && protocol.GetString() == "ip"
        && payload.GetProperty("field").GetString() is "saddr" or "daddr";

    private static IEnumerable<string> Walk(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Walk),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Named(property).Concat(Walk(property.Value))),
        // A set that is named is written as @NAME.
        JsonValueKind.String when element.GetString()!.StartsWith('@') => [$"the set {element.GetString()}"],
        _ => [],
    };

    private static IEnumerable<string> Named(JsonProperty property)
    {
        if (SetObjects.Contains(property.Name))
        {
            yield return property.Name == "set" ? "an anonymous set" : $"a {property.Name}";
        }
        else if (property.Name == "xt")
        {
            // An iptables extension: nft cannot say what it does; it may match an ipset or set a mark.
            yield return "an iptables extension that nft cannot read";
        }
        else if (property.Name == "flags" && property.Value.ValueKind == JsonValueKind.Array
            && property.Value.EnumerateArray().Any(flag => flag.ValueKind == JsonValueKind.String && flag.GetString() == "mark"))
        {
            // `fib saddr . mark oif` looks the route up by the packet's mark.
            yield return "a mark";
        }
        else if (property.Name == "key" && property.Value.ValueKind == JsonValueKind.String
            && property.Value.GetString() is "mark" or "secmark")
        {
            yield return $"a {property.Value.GetString()}";
        }
    }

    private static string Place(JsonProperty item)
    {
        string? Text(string name) => item.Value.TryGetProperty(name, out var value) ? value.ToString() : null;
        var chain = Text("chain") is { } name ? $" chain {name}" : "";
        return $"table {Text("family")} {Text("table") ?? Text("name")}{chain}";
    }
}
