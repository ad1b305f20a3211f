using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Tunnels;

namespace Culvert.SystemTests.Docker;

/// <summary>
/// Makes the stack one in which every driver can be used by a line of culvert.yaml: servers for each, and the double of AdGuard's client
/// in an image made from the roles' own.
/// </summary>
internal sealed class DockerDrivers(DockerStack stack) : IAsyncDisposable
{
    /// <summary>The roles' image with the double of AdGuard's client.</summary>
    public const string Image = "culvert-adguard";

    private const string Configuration = $"{DockerStack.Folder}/culvert.yaml";
    private const string Override = $"{DockerStack.Folder}/compose.override.yaml";
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan BuildDeadline = TimeSpan.FromMinutes(2);
    private readonly List<LabWireGuardExit> wireGuard = [];
    private (string Configuration, string Override)? before;

    public DriverExits Exits => new(stack.Lab, wireGuard);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task PrepareAsync()
    {
        var (host, lab) = (stack.Lab.Host, stack.Lab);
        before = (Read(Configuration), Read(Override));
        await AdGuardStack.OpenAsync(lab, Token);
        foreach (var (exit, number) in new[] { (lab.Exit1, 1), (lab.Exit2, 2) })
        {
            wireGuard.Add(await LabWireGuardExit.StartAsync(exit, number, Token));
            host.WriteFile($"{DockerStack.Folder}/secrets/exit{number}.conf", wireGuard[^1].Profile(), Secret);
        }

        var context = Path.GetDirectoryName(RepositoryFiles.AdGuardFolder + "/Dockerfile")!;
        var built = await host.RunAsync(
            "docker",
            ["build", "--quiet", "--tag", Image, context],
            new LabCommandOptions { Environment = new Dictionary<string, string>(DockerEngine.Surroundings) { ["DOCKER_BUILDKIT"] = "0" } },
            BuildDeadline,
            Token);
        Assert.True(built.Succeeded, built.Describe());
        host.WriteFile($"{DockerStack.Folder}/double.json", AdGuardStack.World("/profiles"));
        var tunnel = before.Value.Override.Split('\n').Single(line => line.StartsWith("  vpn-tunnel: {", StringComparison.Ordinal));
        Write(Override, before.Value.Override.Replace(
            tunnel,
            tunnel.Replace("vpn-tunnel: {", $"vpn-tunnel: {{ image: {Image},", StringComparison.Ordinal)
                .Replace("volumes: [", $"volumes: [\"./double.json:/etc/adguard-double.json:ro\", \"./secrets:/profiles:ro\", ", StringComparison.Ordinal),
            StringComparison.Ordinal));
    }

    /// <summary>Writes culvert.yaml anew, with this exit (1 or 2) before the other; <c>culvert up</c> makes it so.</summary>
    public void Use(string driver, int exit)
    {
        string[] locations = driver switch
        {
            "adguard" => ["Frankfurt", "Stockholm"],
            "wireguard" => [$"{DockerStack.Folder}/secrets/exit1.conf", $"{DockerStack.Folder}/secrets/exit2.conf"],
            _ => [$"{DockerStack.Folder}/secrets/exit1.ovpn", $"{DockerStack.Folder}/secrets/exit2.ovpn"],
        };
        string[] lines = [$"  driver: {driver}", $"  locations: [{locations[exit - 1]}, {locations[2 - exit]}]"];
        Write(Configuration, string.Join('\n', before!.Value.Configuration.Split('\n')
            .Where(line => !line.TrimStart().StartsWith("locations:", StringComparison.Ordinal))
            .SelectMany(line => line.TrimStart().StartsWith("driver:", StringComparison.Ordinal) ? lines : [line])));
    }

    /// <summary>Changes culvert.yaml as it is now.</summary>
    public void Edit(Func<string, string> change)
    {
        before ??= (Read(Configuration), Read(Override));
        Write(Configuration, change(Read(Configuration)));
    }

    /// <summary>The stack is as it was before <see cref="PrepareAsync"/> or the first <see cref="Edit"/>, logged out.</summary>
    public async ValueTask DisposeAsync()
    {
        if (before is var (configuration, parts))
        {
            await stack.Lab.Counters.CountAsBeforeAsync(CancellationToken.None);
            Write(Configuration, configuration);
            Write(Override, parts);
            var up = await stack.CulvertAsync("up", "--now");
            await stack.Lab.Host.RequireAsync("sh", ["-c", $"rm -rf {DockerStack.Folder}/.culvert/roles/login/*"], CancellationToken.None);
            await Task.WhenAll(wireGuard.Select(exit => exit.StopAsync()));
            Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        }
    }

    private string Read(string path) => File.ReadAllText(stack.Lab.Host.PathOf(path));

    private void Write(string path, string text) => stack.Lab.Host.WriteFile(path, text);
}
