using System.Text.RegularExpressions;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>A changed culvert.yaml and <c>culvert up</c> on the real engine: what changed is brought into the namespace that stands.</summary>
[Collection(DockerCollection.Name)]
public sealed partial class InPlaceInDockerTests(DockerStack stack, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Configuration = $"{DockerStack.Folder}/culvert.yaml";
    private const string Override = $"{DockerStack.Folder}/compose.override.yaml";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly string[] Others = ["vpn-tunnel", "vpn-resolver", "vpn-status", "app1"];
    private static readonly string[] Ways = ["", "http://127.0.0.1:1090", "socks5h://127.0.0.1:1080"];
    private readonly DockerDrivers drivers = new(stack);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => drivers.DisposeAsync();

    [Fact]
    public async Task Switching_the_driver_in_culvert_yaml_and_up_again_changes_the_tunnel_in_place_and_dev_keeps_its_network()
    {
        await PreparedAsync();
        var place = await PlaceAsync();
        await stack.WriteInDevAsync("$HOME/kept", "typed by a person");
        var before = await stack.CountAsync();
        await using (var pressure = await Pressure.StartAsync(stack, Token))
        {
            await ChangesInPlaceAsync("wireguard", "culvert", "wireguard-go", place);
            await ChangesInPlaceAsync("wireguard", "dante+tinyproxy", "wireguard-go", place);
            await ChangesInPlaceAsync("openvpn", "dante+tinyproxy", "openvpn", place);
            await ChangesInPlaceAsync("openvpn", "culvert", "openvpn", place);
            var done = await pressure.StopAsync(Token);
            var seen = (await stack.CountAsync()).Since(before);
            output.WriteLine($"{done}: {seen}");
            Assert.True(done is { Tried: > 1000, Answered: > 0 } && seen is { Leaked: 0, Carrier.Packets: > 0 }, $"{done}: {seen}");
        }

        Assert.Equal("typed by a person", (await stack.ExecAsync("dev", "sh", "-c", "cat ~/kept")).Output);
        await stack.UpAsync();
        var verify = await stack.CulvertAsync("verify");
        Assert.True(verify.Succeeded && verify.Output.Contains(" 0 broken, 0 unproven, ", StringComparison.Ordinal), $"{verify.Describe()}\n{verify.Output}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    /// <summary>The control is a person in a hurry.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_lives_ends_whole_before_another_culvert_yaml_changes_the_exit(bool inHurry)
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        var place = await PlaceAsync();
        await using var stream = await StartStreamAsync();
        // The other exit alone: the guard that is loaded for it has no place for the first one's carrier.
        drivers.Edit(yaml => FirstExit().Replace(yaml, ""));
        var up = await stack.CulvertAsync(inHurry ? ["up", "--now"] : ["up"]);
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        Assert.Equal(!inHurry, up.Error.Contains("waiting for the streams that live, for 30 s at most", StringComparison.Ordinal));
        await DockerStack.WaitForAsync("dev's calls leave at exit2", async () => await stack.SeenAtAsync("dev") == "203.0.113.12");
        var ended = await stream.WaitAsync(Longest, Token);
        Assert.Equal(!inHurry, ended.Succeeded && ended.Output.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
        Assert.Equal(place, await PlaceAsync());
    }

    [Fact]
    public async Task Fault_15_a_changed_guard_that_cannot_be_loaded_leaves_the_old_one_and_the_next_up_brings_it()
    {
        await PreparedAsync();
        var (place, rules, parts) = (await PlaceAsync(), await stack.RulesAsync(), stack.Lab.Host.PathOf(Override));
        var whole = await File.ReadAllTextAsync(parts, Token);
        // Without the right to, nft says no.
        stack.Lab.Host.WriteFile(Override, whole.Replace("services:\n", "services:\n  vpn-guard: { cap_add: !reset [] }\n", StringComparison.Ordinal));
        drivers.Use("wireguard", 1);
        var refused = await stack.CulvertAsync("up", "--now");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("loading the changed guard into the namespace failed, and it stays closed: ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Operation not permitted", refused.Error, StringComparison.Ordinal);
        Assert.Equal(rules, await stack.RulesAsync());
        Assert.Equal(place, await PlaceAsync());
        // The roles still are those of the old guard.
        Assert.Equal(DockerStack.ExitAddress, await stack.SeenAtAsync("dev"));
        Assert.True((await stack.CulvertAsync("status")).Succeeded);

        stack.Lab.Host.WriteFile(Override, whole);
        await ChangesInPlaceAsync("wireguard", "culvert", "wireguard-go", place);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public async Task An_up_that_is_interrupted_while_it_changes_something_is_finished_by_the_next_and_down_leaves_nothing(int signal)
    {
        await PreparedAsync();
        var (place, seed) = (await PlaceAsync(), Environment.TickCount);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 6; round++)
        {
            var driver = round % 2 == 0 ? "wireguard" : "openvpn";
            drivers.Use(driver, 1);
            // The guard is loaded one to three seconds after the start, the parts are made anew after that.
            var moment = TimeSpan.FromSeconds(0.5 + (random.NextDouble() * 4));
            await using var up = await stack.Lab.Host.StartAsync(
                RepositoryFiles.Culvert, ["up", "--now"], new LabCommandOptions { Environment = DockerEngine.Surroundings, WorkingDirectory = DockerStack.Folder }, Token);
            await Task.Delay(moment, Token);
            up.Signal(signal);
            await up.WaitAsync(TimeSpan.FromSeconds(30), Token);
            output.WriteLine($"to {driver}, signal {signal} after {moment.TotalSeconds:0.0} s");
            await ChangesInPlaceAsync(driver, "culvert", driver == "wireguard" ? "wireguard-go" : "openvpn", place);
        }

        await stack.CulvertAsync("down");
        Assert.Equal("", await stack.DockerAsync("ps", "--all", "--quiet"));
        await stack.UpAsync();
    }

    [Fact]
    public async Task A_guard_that_an_interrupted_up_made_and_never_started_is_named_and_taken_away()
    {
        await stack.UpAsync();
        await stack.ComposeAsync("run", "--no-deps", "--detach", "--no-TTY", "vpn-guard", "--help");
        Assert.NotEmpty(await GuardsAsync());
        await DockerStack.WaitForAsync("it has ended", async () =>
            (await stack.CulvertAsync("status")).Output.Contains("is left of an interrupted `culvert up`; the next one takes it away", StringComparison.Ordinal));
        var up = await stack.CulvertAsync("up");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        Assert.Equal("", await GuardsAsync());
        await stack.ComposeAsync("run", "--no-deps", "--detach", "--no-TTY", "vpn-guard", "--help");
        await stack.CulvertAsync("down");
        Assert.Equal("", await stack.DockerAsync("ps", "--all", "--quiet"));
        await stack.UpAsync();
    }

    [Fact]
    public async Task A_change_that_only_one_part_reads_makes_that_part_anew_and_other_providers_are_a_sentence_about_dev()
    {
        await PreparedAsync();
        var (place, rules) = (await PlaceAsync(), await stack.RulesAsync());
        async Task<IReadOnlyList<string>> IdsAsync() =>
            [.. await Task.WhenAll(Others.Select(async part => (await stack.InspectAsync(part)).GetProperty("Id").GetString()!))];
        var (others, proxy) = (await IdsAsync(), await stack.PidAsync("vpn-proxy"));
        drivers.Edit(yaml => $"{yaml}\n# A remark.\n");
        await UpAsync();
        Assert.Equal(proxy, await stack.PidAsync("vpn-proxy"));
        Assert.Equal(others, await IdsAsync());
        drivers.Edit(yaml => Destinations().Replace(yaml, "  destinations: llm"));
        var up = await UpAsync();
        Assert.Single(MadeAnew().Matches(up.Error));
        Assert.NotEqual(proxy, await stack.PidAsync("vpn-proxy"));
        Assert.Equal(others, await IdsAsync());
        Assert.Equal((place, rules), (await PlaceAsync(), await stack.RulesAsync()));
        Assert.DoesNotContain("culvert restart dev", up.Error, StringComparison.Ordinal);

        drivers.Edit(yaml => Providers().Replace(yaml, "providers: [openai]"));
        Assert.Contains("`culvert restart dev` gives it the changed ones, and an empty home", (await UpAsync()).Error, StringComparison.Ordinal);
        Assert.Equal(place, await PlaceAsync());
    }

    private async Task PreparedAsync()
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        await drivers.PrepareAsync();
        // The tunnel's image is another one from here on.
        await UpAsync();
    }

    private async Task<LabCommandResult> UpAsync()
    {
        // The load never ends.
        var up = await stack.CulvertAsync("up", "--now");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        return up;
    }

    private async Task ChangesInPlaceAsync(string driver, string engine, string client, string place)
    {
        drivers.Use(driver, 1);
        drivers.Edit(yaml => Engine().Replace(yaml, $"  engine: {engine}"));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await UpAsync();
        output.WriteLine($"{driver}, {engine}: {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(place, await PlaceAsync());
        Assert.Equal("", await GuardsAsync());
        Assert.NotEmpty(await stack.PidsAsync("vpn-tunnel", client));
        Assert.Equal(engine == "culvert", (await stack.PidsAsync("vpn-proxy", "tinyproxy")).Count == 0);
        foreach (var proxy in Ways)
        {
            await DockerStack.WaitForAsync($"dev calls by '{proxy}' from the exit", async () => await stack.SeenAtAsync("dev", "--proxy", proxy) == DockerStack.ExitAddress);
        }

        await DockerStack.WaitForAsync("app1's call comes from the exit", async () => await stack.AppCallAsync() == DockerStack.ExitAddress);
    }

    /// <summary>The owner's and dev's containers as they run, and the network of dev's processes.</summary>
    private async Task<string> PlaceAsync()
    {
        var running = await stack.DockerAsync("inspect", "--format", "{{.Name}} {{.Id}} {{.State.StartedAt}}", "vpn", "dev");
        return running + (await stack.ExecAsync("dev", "readlink", "/proc/self/ns/net")).Output;
    }

    /// <summary>40 ms between two words: twelve seconds. It has begun when this returns.</summary>
    private async Task<LabProcess> StartStreamAsync()
    {
        var stream = await stack.Lab.Host.StartAsync(
            "docker",
            [
                "exec", "dev", "curl", "-sSN", "--max-time", "25", "-H", "Authorization: Bearer lab",
                "-d", """{"stream":true,"max_tokens":300}""", "https://api.openai.com/v1/chat/completions",
            ],
            new LabCommandOptions { Environment = DockerEngine.Surroundings },
            Token);
        await stream.WaitForLineAsync(line => line.StartsWith("data: ", StringComparison.Ordinal), Longest, Token);
        return stream;
    }

    private Task<string> GuardsAsync() => stack.DockerAsync("ps", "--all", "--quiet", "--filter", "label=com.docker.compose.service=vpn-guard");

    /// <summary>What Compose says of a container that it makes anew.</summary>
    [GeneratedRegex(" Recreated")]
    private static partial Regex MadeAnew();

    [GeneratedRegex("(?m)^ *#? ?engine: .*$")]
    private static partial Regex Engine();

    [GeneratedRegex(@"(?<=locations: \[)[^,\]]*, *")]
    private static partial Regex FirstExit();

    [GeneratedRegex("(?m)^ *#? ?destinations: .*$")]
    private static partial Regex Destinations();

    [GeneratedRegex("(?m)^#? ?providers: .*$")]
    private static partial Regex Providers();
}
