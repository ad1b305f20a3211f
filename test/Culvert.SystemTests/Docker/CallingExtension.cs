using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Lab.Run;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>The extension of <c>lab/extension</c>, in the extension host that a window of VS Code has in dev.</summary>
internal sealed class CallingExtension(DockerStack stack)
{
    public const string Refused = "refused";
    public const string Kilo = "kilo backend";
    private const string Folder = "/tmp/culvert-lab";
    private const string Package = "culvert-lab-caller.vsix";
    private static readonly TimeSpan RecordDeadline = TimeSpan.FromSeconds(2);

    /// <summary>Every way but the slow one, in the order of the table in docs/architecture.md.</summary>
    public static IReadOnlyList<string> Ways { get; } =
    [
        "https.request", "https.request, own Agent", "global fetch", "own undici", "undici EnvHttpProxyAgent", "child curl", "child node", "worker fetch", "raw tls",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>From a file, as <c>code-server</c> installs one that a person has: no registry is asked.</summary>
    public async Task InstallAsync()
    {
        var package = stack.Lab.Host.PathOf($"{DockerStack.Folder}/workspace/{Package}");
        await PackAsync(package);
        var installed = await stack.ExecAsync("dev", "node", "/opt/dev/node_modules/code-server/out/node/entry.js", "--install-extension", $"/workspace/{Package}");
        File.Delete(package);
        Assert.True(installed.Succeeded, installed.Describe());
    }

    /// <summary>Waits for an extension host that has none before it: what an earlier window left goes away first.</summary>
    public Task WaitAsync() => DockerStack.WaitForAsync(
        "the extension is active in the extension host", async () => (await stack.ExecAsync("dev", "sh", "-c", $"rm {Folder}/ready-*")).Succeeded);

    /// <summary>Makes a call in each way, all at once. For each: <see cref="Refused"/>, or from where the provider saw it, or what else happened.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CallAsync(IReadOnlyList<string> ways, TimeSpan deadline)
    {
        var keys = ways.ToDictionary(way => way, _ => CallMaker.NewKey());
        var id = $"{Guid.NewGuid():n}";
        var calls = new JsonObject(keys.Select(key => KeyValuePair.Create<string, JsonNode?>(key.Key, new JsonObject
        {
            ["url"] = $"https://{LabAddresses.Providers[0].Host}/v1/chat/completions",
            ["key"] = key.Value,
            ["deadline"] = (int)deadline.TotalMilliseconds,
        })));
        await stack.WriteInDevAsync($"{Folder}/request.json", new JsonObject { ["id"] = id, ["calls"] = calls }.ToJsonString());
        JsonElement answer = default;
        await DockerStack.WaitForAsync("the extension has made its calls", async () =>
        {
            var text = await stack.ExecAsync("dev", "cat", $"{Folder}/answer.json");
            answer = text.Succeeded ? JsonSerializer.Deserialize<JsonElement>(text.Output) : default;
            return answer.ValueKind == JsonValueKind.Object && answer.GetProperty("id").GetString() == id;
        });
        Assert.Equal("vs/workbench/api/node/extensionHostProcess", answer.GetProperty("process").GetString());
        var outcomes = new Dictionary<string, string>();
        foreach (var way in ways)
        {
            outcomes[way] = await OutcomeAsync(answer.GetProperty("results").GetProperty(way), keys[way]);
        }

        return outcomes;
    }

    private async Task<string> OutcomeAsync(JsonElement result, string key)
    {
        var refused = result.TryGetProperty("error", out var error);
        var record = await stack.Lab.Providers.FindCallAsync(key, refused ? TimeSpan.Zero : RecordDeadline, Token);
        return (refused, record) switch
        {
            (true, null) => Refused,
            (false, { Completed: true, Status: 200 }) => record.Peer,
            _ => $"{result} {record} {error}",
        };
    }

    // A package is a ZIP archive with the extension's files and a manifest of the gallery's kind.
    private static async Task PackAsync(string path)
    {
        await using var archive = await ZipFile.OpenAsync(path, ZipArchiveMode.Create, Token);
        foreach (var file in Directory.GetFiles(RepositoryFiles.Extension))
        {
            await archive.CreateEntryFromFileAsync(file, $"extension/{Path.GetFileName(file)}", Token);
        }

        var undici = RepositoryFiles.NodePackage("undici");
        foreach (var file in Directory.EnumerateFiles(undici, "*.js*", SearchOption.AllDirectories))
        {
            await archive.CreateEntryFromFileAsync(file, $"extension/node_modules/undici/{Path.GetRelativePath(undici, file)}", Token);
        }

        await using var writer = new StreamWriter(await archive.CreateEntry("extension.vsixmanifest").OpenAsync(Token));
        await writer.WriteAsync("""
            <?xml version="1.0" encoding="utf-8"?>
            <PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
              <Metadata><Identity Language="en-US" Id="culvert-lab-caller" Version="1.0.0" Publisher="culvert-lab"/></Metadata>
              <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
              <Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/></Assets>
            </PackageManifest>
            """);
    }
}
