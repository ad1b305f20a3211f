using System.Text.Json;
using Culvert.Stack.Keys;

namespace Culvert.Stack.Starting;

/// <summary>What a new stack begins with. Null means the default, with the key left commented out.</summary>
internal sealed record NewStack(string Directory, string? Driver, IReadOnlyList<string> Locations)
{
    private const string SchemaPath = ".culvert/schema.json";
    private const string ComposeFile = "compose.yaml";
    private const string EnvironmentFile = ".env";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public StackRuntime Runtime { get; init; }

    public string ConfigurationPath => PathOf("culvert.yaml");

    /// <summary>What of an earlier stack would be replaced.</summary>
    public IEnumerable<string> Existing => new[] { ConfigurationPath }
        .Concat(Runtime == StackRuntime.Compose ? [PathOf(ComposeFile), PathOf(EnvironmentFile)] : Array.Empty<string>())
        .Where(File.Exists);

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
        var compose = Runtime == StackRuntime.Compose ? WriteCompose() : [];
        // Last, because its presence says that the stack has begun.
        Replace(ConfigurationPath, Configuration());
        return [ConfigurationPath, schema, secrets + "/", ignore, .. compose];
    }

    private string[] WriteCompose()
    {
        var (compose, environment, workspace) = (PathOf(ComposeFile), PathOf(EnvironmentFile), PathOf("workspace"));
        using var resource = new StreamReader(typeof(NewStack).Assembly.GetManifestResourceStream(ComposeFile)!);
        Replace(compose, resource.ReadToEnd());
        Replace(environment, """
            # Read by Docker Compose; never a secret here. `culvert up` sets CULVERT_NAME, CULVERT_UPLINK and CULVERT_VPN_NET from culvert.yaml.
            # Which parts come up besides the namespace: dev, apps, monitoring.
            COMPOSE_PROFILES=dev
            # Where VS Code Server is found on this machine: http://127.0.0.1:8080
            #CULVERT_EDITOR_PORT=8080
            # Where the status page and Prometheus are.
            #CULVERT_STATUS_PORT=8090
            #CULVERT_PROMETHEUS_PORT=9090
            # The folder that dev works in. Its user has uid 1000.
            #CULVERT_WORKSPACE=./workspace
            #CULVERT_IMAGE=culvert
            #CULVERT_DEV_IMAGE=culvert-dev
            #CULVERT_PROMETHEUS_IMAGE=culvert-prometheus

            """);
        System.IO.Directory.CreateDirectory(workspace);
        return [compose, environment, workspace + "/"];
    }

    public string Configuration()
    {
        var chosen = new Dictionary<string, string>();
        if (Runtime == StackRuntime.Compose)
        {
            chosen["runtime"] = "compose";
        }

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
