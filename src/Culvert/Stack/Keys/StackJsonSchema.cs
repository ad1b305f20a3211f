using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Stack.Keys;

/// <summary>The JSON Schema of culvert.yaml, for editors: completion, descriptions and errors while typing.</summary>
internal static class StackJsonSchema
{
    /// <summary>The schema as a file, draft 2020-12, with a newline at its end.</summary>
    public static string Render()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "culvert.yaml",
            ["description"] = "A Culvert stack. Every key has a default; an empty file is valid.",
        };
        foreach (var (name, value) in StackKeys.Root.ToJsonSchema())
        {
            schema[name] = value?.DeepClone();
        }

        using var buffer = new MemoryStream();
        // Read by editors and people, never put into a page: quotes and angle brackets may stay as they are.
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            schema.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
