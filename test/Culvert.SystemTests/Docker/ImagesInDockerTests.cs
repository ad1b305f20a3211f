using System.Text.Json;
using Culvert.Lab.Sandboxing;

namespace Culvert.SystemTests.Docker;

/// <summary>What the layers of the images carry besides what runs.</summary>
[Collection(DockerCollection.Name)]
public sealed class ImagesInDockerTests(DockerStack stack)
{
    private static readonly string[] Images = ["culvert", "culvert-dev", "culvert-app1", "culvert-prometheus"];

    /// <summary>find's conditions, one word an item: caches of package managers, logs, what is temporary, and keys.</summary>
    private static readonly string[] Residue =
    [
        "(", "-path", "*/var/lib/apt/lists/*", "-o", "-path", "*/var/cache/*", "-o", "-name", "*.deb", "-o", "-path", "*/_cacache/*", "-o", "-path", "*/.npm/*",
        "-o", "-path", "*/.cache/*", "-o", "-path", "*/.nuget/*", "-o", "-path", "*/var/log/*", "-o", "-path", "*/diff/tmp/*",
        "-o", "-path", "*/diff/root/?*", "-o", "-path", "*/home/*/.?*", "-o", "-path", "*/etc/ssl/private/*", "-o", "-name", "id_rsa*", "-o", "-name", "id_ed25519*",
        "-o", "-name", ".npmrc", "-o", "-name", ".netrc", "-o", "-name", "auth.json", ")",
    ];

    /// <summary>What Debian gives every new user, its database of questions, which the base has too, and what packages bring with them.</summary>
    private static readonly string[] Expected = ["/.bash_logout", "/.bashrc", "/.profile", "/var/cache/debconf/", "/node_modules/"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_layer_of_an_image_holds_a_cache_a_log_or_a_key()
    {
        foreach (var image in Images)
        {
            var residue = await ResidueAsync(await LayersAsync("image", image));
            Assert.True(residue == "", $"{image} carries:\n{residue}");
        }

        // The control: what building carelessly would leave, in a layer of its own.
        await stack.DockerAsync(
            "run", "--name", "careless", "--entrypoint", "sh", "culvert", "-c",
            "mkdir -p /root/.npm/_cacache /var/lib/apt/lists && touch /root/.npm/_cacache/x /var/lib/apt/lists/x /tmp/x /var/log/x /var/cache/x && echo x >/etc/ssl/private/x.key");
        try
        {
            var found = await ResidueAsync([(await LayersAsync("container", "careless"))[0]]);
            Assert.Equal(6, found.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        finally
        {
            await stack.DockerAsync("rm", "careless");
        }
    }

    /// <summary>Its layers in the engine's data, the uppermost first, without the Debian that it starts from.</summary>
    private async Task<IReadOnlyList<string>> LayersAsync(string kind, string name)
    {
        using var told = JsonDocument.Parse(await stack.DockerAsync(kind, "inspect", "--format", "{{json .GraphDriver}}", name));
        Assert.Equal("overlay2", told.RootElement.GetProperty("Name").GetString());
        var data = told.RootElement.GetProperty("Data");
        string[] layers = [data.GetProperty("UpperDir").GetString()!, .. data.GetProperty("LowerDir").GetString()!.Split(':')];
        Assert.True(layers.Length > 1, $"{name} has no layer above its base");
        return layers[..^1];
    }

    private async Task<string> ResidueAsync(IReadOnlyList<string> layers)
    {
        var found = await stack.Lab.Host.RunAsync("find", [.. layers, "-type", "f", .. Residue], LabCommandOptions.None, TimeSpan.FromMinutes(1), Token);
        Assert.True(found.Succeeded, found.Describe());
        return string.Join('\n', found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(path => !Expected.Any(part => path.Contains(part, StringComparison.Ordinal))));
    }
}
