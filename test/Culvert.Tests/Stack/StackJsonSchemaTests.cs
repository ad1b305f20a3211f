using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Stack.Keys;

namespace Culvert.Tests.Stack;

public sealed class StackJsonSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(StackJsonSchema.Render())!;

    [Fact]
    public void It_is_a_2020_12_schema_of_a_closed_object()
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", Schema["$schema"]!.GetValue<string>());
        Assert.Equal("""["object","null"]""", Schema["type"]!.ToJsonString());
        Assert.False(Schema["additionalProperties"]!.GetValue<bool>());
    }

    [Fact]
    public void It_has_every_key_with_its_description_and_default() => AssertKeys(StackKeys.Root.Keys, Schema);

    [Fact]
    public void Every_part_uses_keywords_as_the_draft_has_them() => AssertWellFormed((JsonObject)Schema);

    [Fact]
    public void Every_default_and_example_is_valid_by_its_own_schema()
    {
        var checkedValues = 0;
        foreach (var part in Parts((JsonObject)Schema))
        {
            var values = (part["examples"] as JsonArray ?? []).ToList();
            values.AddRange(part.ContainsKey("default") ? [part["default"]] : []);
            foreach (var value in values)
            {
                Assert.True(IsValid(part, value), $"{value?.ToJsonString()} against {part.ToJsonString()}");
                checkedValues++;
            }
        }

        Assert.True(checkedValues > 20, $"{checkedValues} were checked");
    }

    [Theory]
    [InlineData("""{ "vpn": { "driver": "openvpn" }, "proxy": { "destinations": ["openai.com"] }, "dns": null }""", true)]
    [InlineData("""{ "vpn": { "drivr": "openvpn" } }""", false)]
    [InlineData("""{ "vpn": { "driver": "ipsec" } }""", false)]
    [InlineData("""{ "proxy": { "ports": [0] } }""", false)]
    [InlineData("""{ "proxy": { "destinations": [] } }""", false)]
    [InlineData("""{ "proxy": { "users": { "a:b": "secrets/a" } } }""", false)]
    [InlineData("""{ "providers": ["openai", { "id": "mine", "hosts": ["a.example"] }] }""", true)]
    [InlineData("""{ "providers": ["unheard-of"] }""", false)]
    [InlineData("""{ "dev": { "kilo": "true" } }""", false)]
    [InlineData("""{ "name": "My Stack" }""", false)]
    public void It_tells_right_from_wrong(string json, bool valid) => Assert.Equal(valid, IsValid((JsonObject)Schema, JsonNode.Parse(json)));

    private static void AssertKeys(IReadOnlyList<Key> keys, JsonNode schema)
    {
        Assert.Equal(keys.Select(k => k.Name), schema["properties"]!.AsObject().Select(p => p.Key));
        foreach (var key in keys)
        {
            var part = schema["properties"]![key.Name]!;
            Assert.Equal(key.Description, part["description"]!.GetValue<string>());
            if (key.Shape.Keys.Count > 0)
            {
                AssertKeys(key.Shape.Keys, part);
            }
            else
            {
                Assert.Equal(key.Default is not null, part["default"] is not null);
            }
        }
    }

    private static IEnumerable<JsonObject> Parts(JsonObject schema)
    {
        var below = (schema["properties"] as JsonObject ?? []).Select(p => p.Value)
            .Concat(schema["anyOf"] as JsonArray ?? [])
            .Append(schema["items"]).Append(schema["additionalProperties"]).Append(schema["propertyNames"]);
        return below.OfType<JsonObject>().SelectMany(Parts).Prepend(schema);
    }

    private static void AssertWellFormed(JsonObject schema)
    {
        string[] known =
        [
            "$schema", "title", "description", "default", "examples", "type", "enum", "properties", "additionalProperties", "propertyNames",
            "items", "minItems", "uniqueItems", "minimum", "maximum", "minLength", "pattern", "anyOf",
        ];
        foreach (var part in Parts(schema))
        {
            Assert.Empty(part.Select(p => p.Key).Except(known));
            Assert.True(part.ContainsKey("type") || part.ContainsKey("enum") || part.ContainsKey("anyOf") || part.ContainsKey("pattern"), part.ToJsonString());
            if (part["pattern"] is { } pattern)
            {
                // ECMA 262, which the draft asks for, has no \A, \z or lookbehind of its own spelling.
                _ = new Regex(pattern.GetValue<string>(), RegexOptions.ECMAScript);
                Assert.DoesNotMatch(@"\\[Az]", pattern.GetValue<string>());
            }
        }
    }

    // The keywords that the schema uses, read as the draft defines them.
    private static bool IsValid(JsonObject schema, JsonNode? value) =>
        (schema["type"] is not { } type || (type is JsonArray many ? many.ToList() : [type]).Any(t => HasType(value, t!.GetValue<string>())))
        && (schema["enum"] is not JsonArray words || words.Any(w => JsonNode.DeepEquals(w, value)))
        && (schema["anyOf"] is not JsonArray any || any.Any(s => IsValid(s!.AsObject(), value)))
        && (value is not JsonObject map || IsValidMap(schema, map))
        && (value is not JsonArray list || IsValidList(schema, list))
        && (value is not JsonValue single || IsValidSingle(schema, single));

    private static bool IsValidMap(JsonObject schema, JsonObject map) => map.All(p =>
        (schema["propertyNames"] is not JsonObject names || IsValid(names, p.Key))
        && (schema["properties"]?[p.Key] is JsonObject known
            ? IsValid(known, p.Value)
            : schema["additionalProperties"] switch
            {
                JsonObject other => IsValid(other, p.Value),
                JsonValue flag => flag.GetValue<bool>(),
                _ => true,
            }));

    private static bool IsValidList(JsonObject schema, JsonArray list) =>
        (schema["items"] is not JsonObject item || list.All(v => IsValid(item, v)))
        && list.Count >= (schema["minItems"]?.GetValue<int>() ?? 0)
        && (schema["uniqueItems"] is null || list.Select(v => v?.ToJsonString()).Distinct().Count() == list.Count);

    private static bool IsValidSingle(JsonObject schema, JsonValue value) =>
        (!value.TryGetValue<string>(out var text)
            || ((schema["pattern"] is not { } pattern || Regex.IsMatch(text, pattern.GetValue<string>()))
                && text.Length >= (schema["minLength"]?.GetValue<int>() ?? 0)))
        && (!value.TryGetValue<int>(out var number)
            || (number >= (schema["minimum"]?.GetValue<int>() ?? int.MinValue) && number <= (schema["maximum"]?.GetValue<int>() ?? int.MaxValue)));

    private static bool HasType(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value is JsonValue v && v.TryGetValue<string>(out _),
        "boolean" => value is JsonValue v && v.TryGetValue<bool>(out _),
        "integer" => value is JsonValue v && v.TryGetValue<int>(out _),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The schema uses a type that the draft does not have."),
    };
}
