using System.Text.RegularExpressions;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>What <c>culvert up</c> and <c>down</c> with Docker leave on the host, and that the specification's own commands work.</summary>
[Collection(DockerCollection.Name)]
public sealed partial class HostInDockerTests(DockerStack stack, ITestOutputHelper output)
{
    private const int Interrupt = 2;
    private const int Kill = 9;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_17_the_host_is_the_same_before_and_after_and_the_engines_objects_are_gone()
    {
        await stack.UpAsync();
        await stack.CulvertAsync("down");
        var before = await MachineState.ReadAsync(stack.Lab.Host, Token);
        await stack.UpAsync();
        // While it is up, the host has more of the engine's own objects, and of nobody else's.
        string[] engines = ["br-", "veth", "docker", "172.30.97.", "172.30.98.", "172.1", "127.0.0.1", "fe80::", "ff00::", "ip saddr", "oifname", "iifname", "multicast"];
        var during = Changes(await MachineState.ReadAsync(stack.Lab.Host, Token), before).Where(change => change.StartsWith("ip r", StringComparison.Ordinal) || change.StartsWith("sysctl", StringComparison.Ordinal)).ToList();
        Assert.All(during, change => Assert.Contains(engines, engine => change.Contains(engine, StringComparison.Ordinal)));
        Assert.NotEmpty(during);
        var down = await stack.CulvertAsync("down");
        Assert.True(down.Succeeded, down.Describe());
        Assert.Empty(Changes(await MachineState.ReadAsync(stack.Lab.Host, Token), before));
        await AssertNothingOfTheEnginesIsLeftAsync();

        // The control: a rule and a route that somebody left behind are noticed.
        await stack.Lab.Host.RequireAsync("nft", ["add", "table", "inet", "stray"], Token);
        await stack.Lab.Host.RequireAsync("ip", ["route", "add", "unreachable", "192.0.2.200"], Token);
        var stray = Changes(await MachineState.ReadAsync(stack.Lab.Host, Token), before);
        await stack.Lab.Host.RequireAsync("nft", ["delete", "table", "inet", "stray"], Token);
        await stack.Lab.Host.RequireAsync("ip", ["route", "delete", "unreachable", "192.0.2.200"], Token);
        Assert.All(["ip route", "nft"], kind => Assert.Contains(stray, change => change.StartsWith(kind, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Kill, 2)]
    [InlineData(Interrupt, 1)]
    public async Task Fault_17_of_an_up_that_is_ended_half_way_down_leaves_nothing(int signal, int rounds)
    {
        await stack.UpAsync();
        await stack.CulvertAsync("down");
        var before = await MachineState.ReadAsync(stack.Lab.Host, Token);
        // Networks, the owner and the parts are made one after the other within some seconds; each time another one is caught.
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var moment = TimeSpan.FromSeconds(0.5 + (random.NextDouble() * 6));
            await using var up = await stack.Lab.Host.StartAsync(
                RepositoryFiles.Culvert, ["up"], new LabCommandOptions { Environment = DockerEngine.Surroundings, WorkingDirectory = DockerStack.Folder }, Token);
            await Task.Delay(moment, Token);
            up.Signal(signal);
            await up.WaitAsync(TimeSpan.FromSeconds(30), Token);
            var down = await stack.CulvertAsync("down");
            Assert.True(down.Succeeded, $"after {moment}: {down.Describe()}");
            Assert.Empty(Changes(await MachineState.ReadAsync(stack.Lab.Host, Token), before));
            await AssertNothingOfTheEnginesIsLeftAsync();
        }

        // The control: what was ended really had made something, or had it been left alone, would have.
        await stack.UpAsync();
        Assert.NotEmpty(Changes(await MachineState.ReadAsync(stack.Lab.Host, Token), before));
    }

    [Fact]
    public async Task The_commands_of_the_specification_print_the_exits_address()
    {
        await stack.UpAsync();
        Assert.Equal(DockerStack.ExitAddress, await stack.SeenAtAsync("dev"));
        Assert.Equal(DockerStack.ExitAddress, await stack.SeenAtAsync("dev", "--proxy", "http://127.0.0.1:1090"));
        Assert.Equal(DockerStack.ExitAddress, await stack.SeenAtAsync("dev", "--proxy", "socks5h://127.0.0.1:1080"));
        Assert.Equal(DockerStack.ExitAddress, await stack.SeenAtAsync("dev", "--noproxy", "*"));
    }

    [Fact]
    public async Task An_applications_llm_call_leaves_by_the_exit_and_its_other_traffic_by_the_hosts_network()
    {
        await stack.UpAsync();
        const string Ask = "from app1 import llm, partner; print(llm.ask('hi')); print(partner.fetch())";
        var call = await stack.ExecAsync("app1", "python3", "-c", Ask);
        Assert.True(call.Succeeded, call.Describe());
        Assert.Contains($"sees you at {DockerStack.ExitAddress}", call.Output, StringComparison.Ordinal);
        Assert.EndsWith("192.0.2.10", call.Output.Trim(), StringComparison.Ordinal);
    }

    private async Task AssertNothingOfTheEnginesIsLeftAsync()
    {
        Assert.Equal("", await stack.DockerAsync("ps", "--all", "--quiet"));
        Assert.Equal("", await stack.DockerAsync("volume", "ls", "--quiet"));
        Assert.Equal("bridge\nhost\nnone\n", await stack.DockerAsync("network", "ls", "--format", "{{.Name}}"));
    }

    /// <summary>Counters of rules go up by themselves; a line that changed in nothing else did not change.</summary>
    private static IReadOnlyList<string> Changes(MachineState now, MachineState before)
    {
        var changes = now.ChangesSince(before).Select(change => Counters().Replace(change, "")).ToList();
        return [.. changes.Where(change => !changes.Contains(Opposite(change)))];
    }

    private static string Opposite(string change) =>
        change.Contains(": + ", StringComparison.Ordinal) ? change.Replace(": + ", ": - ", StringComparison.Ordinal) : change.Replace(": - ", ": + ", StringComparison.Ordinal);

    [GeneratedRegex(@" packets \d+ bytes \d+")]
    private static partial Regex Counters();
}
