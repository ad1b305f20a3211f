using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Tunnels;

namespace Culvert.SystemTests.Docker;

/// <summary>The AdGuard driver on the real engine, with the double of its client in an image made from the roles' own.</summary>
[Collection(DockerCollection.Name)]
public sealed class AdGuardInDockerTests(DockerStack stack) : IAsyncLifetime
{
    private const string Image = "culvert-adguard";
    private const string Configuration = $"{DockerStack.Folder}/culvert.yaml";
    private const string Override = $"{DockerStack.Folder}/compose.override.yaml";
    private static readonly string[] ByAdGuard = ["  driver: adguard", "  locations: [Frankfurt, Stockholm]"];
    private static readonly TimeSpan BuildDeadline = TimeSpan.FromMinutes(2);
    private (string Configuration, string Override)? before;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The stack is that of the other tests again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (before is var (configuration, parts))
        {
            await stack.Lab.Counters.CountAsBeforeAsync(CancellationToken.None);
            Write(Configuration, configuration);
            Write(Override, parts);
            var up = await stack.CulvertAsync("up");
            Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        }
    }

    [Fact]
    public async Task Up_tells_to_log_in_and_after_it_all_of_verify_holds_and_a_kill_leaks_nothing()
    {
        await stack.UpAsync();
        await UseAdGuardAsync();
        var up = await stack.CulvertAsync("up", "--timeout", "8");
        Assert.Equal(1, up.ExitCode);
        await DockerStack.WaitForAsync("status says what to do", async () =>
            (await stack.CulvertAsync("status")).Output.Contains("AdGuard VPN is not logged in: run `culvert login`", StringComparison.Ordinal));
        var login = await stack.CulvertAsync("login", "--json");
        Assert.True(login.Succeeded, login.Describe());
        Assert.Contains("\"link\":\"https://auth.adguard.io/", login.Output, StringComparison.Ordinal);
        Assert.Contains("\"logged_in\":true", login.Output, StringComparison.Ordinal);
        up = await stack.CulvertAsync("up");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        await stack.WaitForDevAsync();
        var verify = await stack.CulvertAsync("verify");
        Assert.True(verify.Succeeded, $"{verify.Describe()}\n{verify.Output}");

        var seenBefore = await stack.CountAsync();
        await using (var load = await stack.StartLoadAsync("dev", await stack.UplinkAsync()))
        {
            var client = Assert.Single(await stack.PidsAsync("vpn-tunnel", "openvpn"));
            await stack.KillAsync(client);
            await DockerStack.WaitForAsync("another client carries", async () =>
                (await stack.PidsAsync("vpn-tunnel", "openvpn")).Any(pid => pid != client) && await stack.SeenAtAsync("dev") == DockerStack.ExitAddress);
            Assert.True((await load.StopAsync(Token)).Tried > 0);
        }

        var seen = (await stack.CountAsync()).Since(seenBefore);
        Assert.True(seen.Leaked == 0, $"{seen}");

        // The login outlives the container, and everything else of the stack.
        await stack.DockerAsync("rm", "--force", "vpn-tunnel");
        up = await stack.CulvertAsync("up");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        await stack.WaitForDevAsync();
    }

    private async Task UseAdGuardAsync()
    {
        var (host, lab) = (stack.Lab.Host, stack.Lab);
        before = (Read(Configuration), Read(Override));
        await AdGuardStack.OpenAsync(lab, Token);
        var context = Path.GetDirectoryName(RepositoryFiles.AdGuardFolder + "/Dockerfile")!;
        var built = await host.RunAsync(
            "docker",
            ["build", "--quiet", "--tag", Image, context],
            new LabCommandOptions { Environment = new Dictionary<string, string>(DockerEngine.Surroundings) { ["DOCKER_BUILDKIT"] = "0" } },
            BuildDeadline,
            Token);
        Assert.True(built.Succeeded, built.Describe());
        host.WriteFile($"{DockerStack.Folder}/double.json", AdGuardStack.World("/profiles"));
        Write(Configuration, string.Join('\n', before.Value.Configuration.Split('\n')
            .Where(line => !line.TrimStart().StartsWith("locations:", StringComparison.Ordinal))
            .SelectMany(line => line.TrimStart().StartsWith("driver:", StringComparison.Ordinal) ? ByAdGuard : [line])));
        var tunnel = before.Value.Override.Split('\n').Single(line => line.StartsWith("  vpn-tunnel: {", StringComparison.Ordinal));
        Write(Override, before.Value.Override.Replace(
            tunnel,
            tunnel.Replace("vpn-tunnel: {", $"vpn-tunnel: {{ image: {Image},", StringComparison.Ordinal)
                .Replace("volumes: [", $"volumes: [\"./double.json:/etc/adguard-double.json:ro\", \"./secrets:/profiles:ro\", ", StringComparison.Ordinal),
            StringComparison.Ordinal));
    }

    private string Read(string path) => File.ReadAllText(stack.Lab.Host.PathOf(path));

    private void Write(string path, string text) => stack.Lab.Host.WriteFile(path, text);
}
