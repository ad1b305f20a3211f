using System.Globalization;
using System.Text.Json;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>
/// The stack as <c>culvert init</c> and <c>culvert up</c> make it with Docker, on the lab's host. One for all tests, which leave it up and
/// guarded; a test that needs it whole begins with <see cref="UpAsync"/>, which is quick when it is.
/// </summary>
public sealed class DockerStack : IAsyncLifetime
{
    public const string Folder = "/run/stack";
    public const string UplinkGateway = "172.30.97.1";
    public const string UplinkAddress = "172.30.97.2";
    public const string ExitAddress = "203.0.113.11";
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A kilo.json with the lab's provider alone; the key is in the variable <c>LLM_KEY</c>.</summary>
    public const string KiloInTheLab = """
        {"model":"lab/gpt-lab","small_model":"lab/gpt-lab","autoupdate":false,"share":"disabled","enabled_providers":["lab"],
         "provider":{"lab":{"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"https://api.openai.com/v1","apiKey":"{env:LLM_KEY}"},
          "models":{"gpt-lab":{"limit":{"context":32000,"output":20}}}}}}
        """;

    private static readonly TimeSpan UpDeadline = TimeSpan.FromMinutes(3);
    /// <summary>Many round trips of the lab.</summary>
    private static readonly TimeSpan UntilAnswered = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private LabInternet? lab;
    private DockerEngine? engine;
    private string guard = "";

    public static IReadOnlyList<string> Parts { get; } = ["vpn", "vpn-tunnel", "vpn-resolver", "vpn-proxy", "vpn-status", "prometheus", "dev", "app1"];

    public LabInternet Lab => lab!;

    internal DockerEngine Engine => engine!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!DockerEngine.HasImages)
        {
            return;
        }

        lab = await LabInternet.StartAsync(CancellationToken.None);
        engine = await DockerEngine.StartAsync(lab.Host, CancellationToken.None);
        var init = await CulvertAsync(
            "init", "--runtime", "compose", "--driver", "openvpn", "--directory", Folder,
            "--location", $"{Folder}/secrets/exit1.ovpn", "--location", $"{Folder}/secrets/exit2.ovpn");
        Assert.True(init.Succeeded, init.Describe());
        lab.Host.WriteFile($"{Folder}/secrets/exit1.ovpn", lab.Exit1.Profile(), Secret);
        lab.Host.WriteFile($"{Folder}/secrets/exit2.ovpn", lab.Exit2.Profile(), Secret);
        lab.Host.WriteFile($"{Folder}/secrets/llm-key", "sk-lab-app1");
        lab.Host.WriteFile($"{Folder}/culvert.yaml", InTheLab(File.ReadAllText(lab.Host.PathOf($"{Folder}/culvert.yaml"))));
        lab.Host.WriteFile($"{Folder}/compose.override.yaml", Override());
        await lab.Host.RequireAsync("sed", ["-i", "s/^COMPOSE_PROFILES=.*/COMPOSE_PROFILES=dev,apps,monitoring/", $"{Folder}/.env"], CancellationToken.None);
        await lab.Host.RequireAsync("chown", ["1000:1000", $"{Folder}/workspace"], CancellationToken.None);
    }

    /// <summary>Skips where the images are not there; otherwise the stack is up, whole and guarded afterwards.</summary>
    public async Task UpAsync()
    {
        Assert.SkipUnless(DockerEngine.HasImages, "the images are not built: run `make docker-test`");
        if (!(await CulvertAsync("status")).Succeeded)
        {
            var up = await CulvertAsync("up");
            Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        }

        guard = await AsRootInsideAsync("nft", "--stateless", "list", "table", "inet", "culvert");
    }

    /// <summary>
    /// Another stack for one test: taken down, changed as a person would (YAML below <c>networks:</c>, and below the service <c>vpn</c>), brought
    /// up, and as it was afterwards.
    /// </summary>
    public async Task VaryAsync(string networks, string owner, Func<Task> examine)
    {
        Assert.SkipUnless(DockerEngine.HasImages, "the images are not built: run `make docker-test`");
        await CulvertAsync("down");
        Lab.Host.WriteFile($"{Folder}/compose.override.yaml", Override(networks, owner));
        try
        {
            await UpAsync();
            await examine();
        }
        finally
        {
            await CulvertAsync("down");
            Lab.Host.WriteFile($"{Folder}/compose.override.yaml", Override());
        }
    }

    public Task<LabCommandResult> CulvertAsync(params IReadOnlyList<string> arguments) => Lab.Host.RunAsync(
        RepositoryFiles.Culvert,
        arguments,
        new LabCommandOptions { Environment = DockerEngine.Surroundings, WorkingDirectory = Directory.Exists(Lab.Host.PathOf(Folder)) ? Folder : "/" },
        UpDeadline,
        CancellationToken.None);

    public async Task<string> DockerAsync(params IReadOnlyList<string> arguments)
    {
        var result = await Engine.DockerAsync(arguments, Token);
        return result.Succeeded ? result.Output : throw new LabCommandFailedException(result);
    }

    /// <summary>As a person does in the folder of the stack.</summary>
    public async Task ComposeAsync(params IReadOnlyList<string> arguments)
    {
        var here = new LabCommandOptions { Environment = DockerEngine.Surroundings, WorkingDirectory = Folder };
        var done = await Lab.Host.RunAsync("docker", ["compose", .. arguments], here, LabPlace.DefaultDeadline, Token);
        Assert.True(done.Succeeded, done.Describe());
    }

    public Task<LabCommandResult> ExecAsync(string container, params IReadOnlyList<string> line) =>
        Engine.DockerAsync(["exec", container, .. line], Token);

    /// <summary>Writes a file in dev, where <c>$HOME</c> counts; whoever looks sees the whole of it or nothing.</summary>
    public async Task WriteInDevAsync(string path, string text)
    {
        var written = await Lab.Host.RunAsync(
            "docker",
            ["exec", "--interactive", "dev", "sh", "-c", $"umask 077; mkdir -p \"$(dirname \"{path}\")\" && cat >\"{path}.next\" && mv \"{path}.next\" \"{path}\""],
            new LabCommandOptions { Environment = DockerEngine.Surroundings, Input = text },
            LabPlace.DefaultDeadline,
            Token);
        Assert.True(written.Succeeded, written.Describe());
    }

    /// <summary>Makes dev anew with this command in place of its own; with its own when there is none.</summary>
    public async Task RemakeDevAsync(params IReadOnlyList<string> command)
    {
        Lab.Host.WriteFile($"{Folder}/compose.override.yaml", Override(dev: command.Count == 0 ? "" : $"command: [{string.Join(", ", command)}]"));
        var up = await CulvertAsync("up");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        await WaitForDevAsync();
    }

    /// <summary>The address that the provider sees a container at, or why there was no answer.</summary>
    public async Task<string> SeenAtAsync(string container, params IReadOnlyList<string> options)
    {
        var call = await ExecAsync(container, ["curl", "--silent", "--show-error", "--max-time", "3", .. options, "https://api.ipify.org"]);
        return call.Succeeded ? call.Output.Trim() : call.Describe();
    }

    /// <summary>The address that the provider sees app1's LLM module at, or why there was no answer.</summary>
    public async Task<string> AppCallAsync()
    {
        var call = await ExecAsync("app1", "python3", "-c", "from app1 import llm; print(llm._session.get('https://api.ipify.org').text)");
        return call.Succeeded ? call.Output.Trim() : call.Describe();
    }

    public Task WaitForDevAsync() => WaitForAsync("dev reaches the provider from the exit", async () => await SeenAtAsync("dev") == ExitAddress);

    public async Task<JsonElement> InspectAsync(string container)
    {
        using var json = JsonDocument.Parse(await DockerAsync("inspect", container));
        return json.RootElement[0].Clone();
    }

    /// <summary>The pid of a container's first process on the lab's host; 0 when it does not run.</summary>
    public async Task<int> PidAsync(string container) => (await InspectAsync(container)).GetProperty("State").GetProperty("Pid").GetInt32();

    /// <summary>Pids on the lab's host of a container's processes with this name.</summary>
    public async Task<IReadOnlyList<int>> PidsAsync(string container, string name)
    {
        var top = await Engine.DockerAsync(["top", container, "-eo", "pid,args"], Token);
        return
        [
            .. top.Output.Split('\n').Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is [_, var program, ..] && Path.GetFileName(program) == name)
                .Select(words => int.Parse(words[0], CultureInfo.InvariantCulture)),
        ];
    }

    public Task KillAsync(int pid) => Lab.Host.RequireAsync("kill", ["-9", $"{pid}"], Token);

    public Task<string> StatusOfAsync(int pid) => Lab.Host.RequireAsync("cat", [$"/proc/{pid}/status"], Token);

    /// <summary>A command in the namespace, by dev's view of it, as root with every capability: nothing of the stack can do that.</summary>
    public async Task<string> AsRootInsideAsync(params IReadOnlyList<string> line) =>
        await Lab.Host.RequireAsync("nsenter", ["--target", $"{await PidAsync("dev")}", "--net", "--", .. line], Token);

    public async Task<string> RulesAsync() => await AsRootInsideAsync("nft", "--stateless", "list", "table", "inet", "culvert");

    /// <summary>The interface of the uplink, which Docker numbers as it likes.</summary>
    public async Task<string> UplinkAsync()
    {
        var addresses = await AsRootInsideAsync("ip", "-o", "-4", "address", "show", "to", $"{UplinkAddress}/32");
        return addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
    }

    public Task<IspCounters> CountAsync() => Lab.Counters.ReadAsync(Token);

    /// <summary>Tries to reach everything from inside a container, over the routes or bound to an interface.</summary>
    public Task<Load> StartLoadAsync(string container, string? device = null) => Load.StartAsync(
        Lab.Host,
        ["env", .. DockerEngine.Surroundings.Select(pair => $"{pair.Key}={pair.Value}"), "docker", "exec", "--interactive", container],
        [.. Load.Everywhere, Lab.Exit1.Address],
        device,
        Token);

    /// <summary>The positive control: with the guard off, the load that was harmless is seen by the ISP. The guard stands again afterwards.</summary>
    public Task AssertSeenWithoutGuardAsync() => AssertSeenWithoutGuardAsync("packets outside the carrier", seen => seen.Leaked > 0);

    /// <inheritdoc cref="AssertSeenWithoutGuardAsync()"/>
    /// <param name="what">What the ISP has to see of the load.</param>
    /// <param name="isSeen">Whether it did.</param>
    public async Task AssertSeenWithoutGuardAsync(string what, Func<IspCounters, bool> isSeen)
    {
        var uplink = await UplinkAsync();
        await AsRootInsideAsync("nft", "delete", "table", "inet", "culvert");
        await AsRootInsideAsync("ip", "route", "replace", "default", "via", UplinkGateway, "dev", uplink, "metric", "1");
        try
        {
            await using (var load = await StartLoadAsync("dev", uplink))
            {
                var before = await CountAsync();
                await WaitForAsync($"the ISP counts {what} once the guard is gone", async () => isSeen((await CountAsync()).Since(before)));
            }

            // Servers that this reached repeat their answer for a minute when the guard comes between it and its end;
            // where the owner is gone by then, the host's kernel tells them so by ICMP, and the next test counts that.
            await Task.Delay(UntilAnswered, Token);
        }
        finally
        {
            await AsRootInsideAsync("ip", "route", "delete", "default", "via", UplinkGateway, "dev", uplink, "metric", "1");
            await GuardAgainAsync();
        }
    }

    /// <summary>Loads the guard that stood when <see cref="UpAsync"/> was done, after a test took it away.</summary>
    public async Task GuardAgainAsync()
    {
        Lab.Host.WriteFile("/run/guard.nft", guard);
        await AsRootInsideAsync("nft", "-f", "/run/guard.nft");
        // What was opened while nobody guarded.
        await Task.Delay(TimeSpan.FromMilliseconds(200), Token);
    }

    /// <summary>Fails, naming what was awaited, when it has not come within a minute.</summary>
    public static async Task WaitForAsync(string what, Func<Task<bool>> condition)
    {
        var until = DateTimeOffset.UtcNow + Patience;
        while (!await condition())
        {
            Assert.True(DateTimeOffset.UtcNow < until, $"within {Patience.TotalSeconds:0} s this did not come: {what}");
            await Task.Delay(BetweenLooks, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (engine is not null)
        {
            await CulvertAsync("down");
            await engine.DisposeAsync();
        }

        if (lab is not null)
        {
            await lab.DisposeAsync();
        }
    }

    /// <summary>The lab's resolver in place of the real one, as a person would write it.</summary>
    private static string InTheLab(string yaml) => string.Join('\n', yaml.Split('\n').Select(line =>
        line.TrimStart().StartsWith("#upstreams:", StringComparison.Ordinal) ? $"  upstreams: [tls://{LabAddresses.DotResolver}#{LabAddresses.DotResolverName}]" : line));

    /// <summary>The lab's authority, which its host trusts, for every part; and the probes for those that are loaded.</summary>
    private static string Override(string networks = "{}", string owner = "", string dev = "")
    {
        const string Authorities = "/etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro";
        var probes = Path.GetDirectoryName(RepositoryFiles.Probe("load.py"));
        // Tests wait for health often; a person does once.
        var services = Parts.Select(part =>
        {
            var more = part switch { "vpn" => owner, "dev" => dev, _ => "" };
            return $"  {part}: {{ volumes: [\"{Authorities}\", \"{probes}:{probes}:ro\"], healthcheck: {{ interval: 1s }}{(more.Length > 0 ? $", {more}" : "")} }}";
        });
        return $"services:\n{string.Join('\n', services)}\nnetworks: {networks}\n";
    }
}

/// <summary>All tests with the engine, one after the other on one stack.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DockerCollection : ICollectionFixture<DockerStack>
{
    public const string Name = "Docker";
}
