using Culvert.Lab.Run;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary>Cases of the conformance suite in which processes die or the server goes away: no packet leaves but the carrier, and calls come back.</summary>
public sealed class ClosedTests
{
    private const int SigTerm = 15;
    private const int SigUsr1 = 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Victims => [.. Victim.All.Select(victim => victim.Name)];

    [Fact]
    public async Task Fault_1_a_process_that_talks_from_the_first_moment_of_the_namespace_leaks_nothing()
    {
        await using var stack = await RunningStack.PrepareAsync();
        await using var talker = await stack.StartTalkerAsync();
        var before = await stack.CountAsync();
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        await talker.WaitForLineAsync(line => line == "loading", TimeSpan.FromSeconds(5), Token);
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_2_a_start_with_an_unreachable_server_leaks_nothing_for_a_minute_and_recovers()
    {
        await using var stack = await RunningStack.PrepareAsync();
        await Task.WhenAll(stack.Lab.Exit1.StopAsync(), stack.Lab.Exit2.StopAsync());
        var before = await stack.CountAsync();
        var up = await stack.Culvert.UpAsync(Token, "--timeout", "2");
        Assert.Equal(1, up.ExitCode);
        Assert.Contains("did not come up within 2 s", up.Error, StringComparison.Ordinal);
        await using (var free = await stack.StartLoadAsync())
        await using (var bound = await stack.StartLoadAsync(RunningStack.Uplink))
        {
            await Task.Delay(TimeSpan.FromSeconds(60), Token);
            Assert.True((await free.StopAsync(Token)).Tried + (await bound.StopAsync(Token)).Tried > 5000);
        }

        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen is { Leaked: 0, Carrier.Packets: > 0 }, $"{seen}");
        await stack.Lab.Exit1.StartAsync(ExitOptions.Default, Token);
        await stack.WaitForStatusAsync(holds: true);
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_3_a_dev_process_bound_to_the_uplink_leaks_nothing()
    {
        await using var stack = await RunningStack.StartAsync();
        var before = await stack.CountAsync();
        await using var load = await stack.StartLoadAsync(RunningStack.Uplink);
        await RunningStack.WaitForAsync("the carrier carries", async () =>
            await stack.ExitSeenByDevAsync() == "203.0.113.11" && (await stack.CountAsync()).Since(before).Carrier.Packets > 20);
        var done = await load.StopAsync(Token);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0 && done.Tried > 0, $"{done}: {seen}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Theory]
    [InlineData("4_a_client_that_is_told_to_reconnect", SigUsr1)]
    [InlineData("7_a_client_that_is_told_to_end", SigTerm)]
    public async Task Fault_4_and_7_leak_nothing_and_calls_come_back(string fault, int signal)
    {
        await using var stack = await RunningStack.StartAsync();
        await using var trial = await stack.StartTrialAsync();
        var outcome = await trial.DisturbAsync(
            fault,
            () =>
            {
                var client = Assert.Single(Victim.Client.In(stack.Lab.Host));
                client.Signal(signal);
                return () => Victim.Client.In(stack.Lab.Host) is [var now] && now.Pid != client.Pid;
            },
            Token);
        Assert.True(outcome.Holds, $"{outcome}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_5_a_server_that_is_silent_for_nine_seconds_leaks_nothing_and_recovers()
    {
        await using var stack = await RunningStack.StartAsync();
        await using var trial = await stack.StartTrialAsync();
        var outcome = await trial.DisturbAsync(
            "server silent for 9 s",
            () =>
            {
                var resumed = ResumeAsync();
                return () => resumed.IsCompletedSuccessfully;

                async Task ResumeAsync()
                {
                    stack.Lab.Exit1.Silence();
                    await Task.Delay(TimeSpan.FromSeconds(9), Token);
                    stack.Lab.Exit1.Resume();
                }
            },
            Token);
        // Nine seconds of silence and the promised ten to be back.
        Assert.True(outcome is { Seen.Leaked: 0, CallsCameBack: true } && outcome.Away < TimeSpan.FromSeconds(19), $"{outcome}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Theory]
    [MemberData(nameof(Victims))]
    public async Task Fault_6_8_9_kill_9_of_each_process_leaks_nothing_keeps_the_rules_and_dev_and_calls_come_back(string name)
    {
        var victim = Victim.All.Single(candidate => candidate.Name == name);
        await using var stack = await RunningStack.StartAsync();
        var rules = await stack.AsRootInsideAsync("nft", "--stateless", "list", "ruleset");
        await using var trial = await stack.StartTrialAsync();
        // Twice, because the second time it is the replacement that dies.
        foreach (var time in new[] { "once", "again" })
        {
            var outcome = await trial.KillAsync(victim, Token);
            Assert.True(outcome.Holds, $"{time}: {outcome}");
        }

        var load = await trial.StopAsync(Token);
        Assert.True(load.Tried > 0, $"{load}");
        Assert.Equal(rules, await stack.AsRootInsideAsync("nft", "--stateless", "list", "ruleset"));
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_52_a_deleted_tun0_leaks_nothing_and_calls_come_back()
    {
        await using var stack = await RunningStack.StartAsync();
        await using var trial = await stack.StartTrialAsync();
        var deleted = false;
        var outcome = await trial.DisturbAsync(
            "tun0 deleted",
            () =>
            {
                var deleting = stack.AsRootInsideAsync("ip", "link", "delete", "tun0");
                return () => deleted |= deleting.IsCompletedSuccessfully;
            },
            Token);
        Assert.True(outcome.Holds, $"{outcome}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_53_with_the_tunnel_down_both_proxies_answer_within_a_second_and_leak_nothing()
    {
        await using var stack = await RunningStack.StartAsync();
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync("--proxy", "socks5h://127.0.0.1:1080"));
        await Task.WhenAll(stack.Lab.Exit1.StopAsync(), stack.Lab.Exit2.StopAsync());
        await stack.WaitForTunnelDownAsync();
        var before = await stack.CountAsync();
        await stack.AssertDialsAnswerAtOnceAsync();
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        await stack.AssertSeenWithoutGuardAsync();
    }
}
