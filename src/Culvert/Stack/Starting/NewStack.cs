using System.Text.Json;
using Culvert.Stack.Keys;

namespace Culvert.Stack.Starting;

/// <summary>What a new stack begins with. Null means the default, with the key left commented out.</summary>
internal sealed record NewStack(string Directory, string? Driver, IReadOnlyList<string> Locations)
{
    private const string SchemaPath = ".culvert/schema.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string ConfigurationPath => PathOf("culvert.yaml");

    /// <summary>Writes the files, replacing those of an earlier stack. Secrets that are already there stay as they are.</summary>
    /// <returns>The paths that were written.</returns>
    public IReadOnlyList<string> Write()
    {
        var schema = PathOf(SchemaPath);
        var secrets = PathOf("secrets");
        var ignore = Path.Combine(secrets, ".gitignore");

        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(schema)!);
        Replace(schema, StackJsonSchema.Render());
        System.IO.Directory.CreateDirectory(secrets, OwnerOnly);
        File.SetUnixFileMode(secrets, OwnerOnly);
        Replace(ignore, "*\n");
        // Last, because its presence says that the stack has begun.
        Replace(ConfigurationPath, Configuration());
        return [ConfigurationPath, schema, secrets + "/", ignore];
    }

    public string Configuration()
    {
        var chosen = new Dictionary<string, string>();
        if (Driver is not null)
        {
            chosen["vpn.driver"] = Driver;
        }

        if (Locations.Count > 0)
        {
            chosen["vpn.locations"] = $"[{string.Join(", ", Locations.Select(AsYaml))}]";
        }

        return StackTemplate.Render(SchemaPath, chosen);
    }

    // As a person would write it: no ./ before it.
    private string PathOf(string file) => Directory == "." ? file : Path.Combine(Directory, file);

    // JSON's text in quotes is YAML's text in double quotes, escapes included.
    private static string AsYaml(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '-' or '_') && text is not ("true" or "false" or "null")
            ? text
            : $"\"{JsonEncodedText.Encode(text)}\"";

    private static void Replace(string path, string content)
    {
        var next = path + ".next";
        File.WriteAllText(next, content);
        File.Move(next, path, overwrite: true);
    }
}
