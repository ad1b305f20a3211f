namespace Culvert.SystemTests.Docker;

/// <summary>What a person does to a container with <c>docker</c>: kill, restart and remove of every part but the owner (see <see cref="ClosedInDockerTests"/>), under load.</summary>
[Collection(DockerCollection.Name)]
public sealed class KillsInDockerTests(DockerStack stack)
{
    private static readonly TimeSpan EnginesPatience = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> PartsInside => [.. DockerStack.Parts.Except(["vpn"])];

    [Theory]
    [MemberData(nameof(PartsInside))]
    public async Task Fault_8_and_9_docker_kill_restart_and_rm_of_a_part_leak_nothing_dev_keeps_its_network_and_up_mends_it(string part)
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        var (rules, space) = (await stack.RulesAsync(), await SpaceAsync());
        var before = await stack.CountAsync();
        await using (var pressure = await Pressure.StartAsync(stack, Token))
        {
            // The engine takes a kill for the user's will: `restart: unless-stopped` does not bring it back.
            await stack.DockerAsync("kill", part);
            await Task.Delay(EnginesPatience, Token);
            Assert.Equal(0, await stack.PidAsync(part));
            await StatusSaysAsync($"{part} does not run (exit code 137); `culvert up` starts it");
            await MendAsync("up");
            await SoundAsync();

            await stack.DockerAsync("restart", "--time", "1", part);
            await DockerStack.WaitForAsync($"{part} is sound again by itself", async () => (await stack.CulvertAsync("status")).Succeeded);
            await SoundAsync();

            await stack.DockerAsync("rm", "--force", part);
            await StatusSaysAsync($"{part} is not there; `culvert up` makes it");
            await MendAsync("up");
            await SoundAsync();

            var done = await pressure.StopAsync(Token);
            var seen = (await stack.CountAsync()).Since(before);
            Assert.True(done is { Tried: > 1000, Answered: > 0 } && seen is { Leaked: 0, Carrier.Packets: > 0 }, $"{done}: {seen}");
        }

        Assert.Equal(rules, await stack.RulesAsync());
        await stack.AssertSeenWithoutGuardAsync();

        async Task SoundAsync()
        {
            await stack.WaitForDevAsync();
            Assert.Equal(space, await SpaceAsync());
            await DockerStack.WaitForAsync("app1's call comes from the exit", async () => await stack.AppCallAsync() == DockerStack.ExitAddress);
        }
    }

    [Fact]
    public async Task A_part_that_was_killed_is_started_by_restart_too()
    {
        await stack.UpAsync();
        await stack.DockerAsync("kill", "vpn-proxy");
        await MendAsync("restart", "vpn-proxy");
        Assert.Equal(DockerStack.ExitAddress, await stack.AppCallAsync());
    }

    private async Task<string> SpaceAsync() => (await stack.ExecAsync("dev", "readlink", "/proc/self/ns/net")).Output;

    private async Task StatusSaysAsync(string sentence)
    {
        var status = await stack.CulvertAsync("status");
        Assert.Equal(1, status.ExitCode);
        Assert.Contains(sentence, status.Output, StringComparison.Ordinal);
    }

    private async Task MendAsync(params IReadOnlyList<string> command)
    {
        var mended = await stack.CulvertAsync(command);
        Assert.True(mended.Succeeded, $"{mended.Describe()}\n{mended.Output}");
    }
}
