using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>
/// The cases of the conformance suite that a driver could break, in namespaces, one after the other on one stack under load. Each driver has a class, so that
/// they run beside each other.
/// </summary>
public abstract class DriverMatrix(string driver, ITestOutputHelper output)
{
    private const int SigHup = 1;
    private const int SigTerm = 15;
    private static readonly string[] Exits = ["203.0.113.11", "203.0.113.12"];
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_1_to_9_13_18_29_52_and_53_leak_nothing_and_calls_come_back()
    {
        await using var one = await DriverStack.PrepareAsync(driver);
        await StartUnderLoadAsync(one);
        var verify = await one.Stack.Culvert.VerifyAsync(Token);
        Assert.True(verify.Succeeded && verify.Output.Contains(" 0 broken, 0 unproven, ", StringComparison.Ordinal), $"{verify.Describe()}\n{verify.Output}");
        await using (var trial = await one.Stack.StartTrialAsync())
        {
            await DisturbAsync(one, trial);
            var load = await trial.StopAsync(Token);
            Assert.True(load.Tried > 1000, $"{load}");
        }

        await one.Exits.StopAsync();
        await one.Stack.WaitForTunnelDownAsync();
        var before = await one.Stack.CountAsync();
        await one.Stack.AssertDialsAnswerAtOnceAsync();
        var seen = (await one.Stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        await one.Stack.AssertSeenWithoutGuardAsync();
    }

    /// <summary>Cases 1 and 2: somebody talks from the first moment of the namespace, and the servers come late.</summary>
    private static async Task StartUnderLoadAsync(DriverStack one)
    {
        await one.Exits.StopAsync();
        await using var talker = await one.Stack.StartTalkerAsync();
        var before = await one.Stack.CountAsync();
        var up = await one.UpAsync("--timeout", "3");
        Assert.True(up.ExitCode == 1 && up.Error.Contains("did not come up within 3 s", StringComparison.Ordinal), up.Describe());
        await one.Exits.StartAsync(Token);
        up = await one.UpAsync();
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await one.LogAsync()}");
        // The first LLM call, whose answer tells where it came from.
        var call = await one.Stack.AsDevAsync(
            "curl", "-sS", "--max-time", "5", "-H", "Authorization: Bearer lab", "-d", """{"max_tokens":5}""", "https://api.openai.com/v1/chat/completions");
        Assert.Contains(Exits, exit => call.Output.Contains($"openai sees you at {exit}", StringComparison.Ordinal));
        Assert.Contains("loading\n", talker.Output, StringComparison.Ordinal);
        Assert.False(talker.HasExited, talker.Error);
        var seen = (await one.Stack.CountAsync()).Since(before);
        Assert.True(seen is { Leaked: 0, Carrier.Packets: > 20 }, $"{seen}");
    }

    private async Task DisturbAsync(DriverStack one, KillTrial trial)
    {
        await DriverTrial.HoldsAsync(output, DriverTrial.ActAsync(trial, "change of exit", () => ChangeExitAsync(one)), "13");
        var rules = await one.Stack.AsRootInsideAsync("nft", "--stateless", "list", "ruleset");
        // A tunnel that is lost young is waited for longer each time, so losses and what the tunnel survives alternate.
        await DriverTrial.HoldsAsync(output, trial.KillAsync(Victim.Proxy, Token), "8");
        await DriverTrial.HoldsAsync(output, trial.KillAsync(Victim.Resolver, Token), "8");
        await DriverTrial.HoldsAsync(output, DriverTrial.ActAsync(trial, "route to a provider", () => InjectAsync(one.Stack, "198.51.100.20/32")), "18");
        await DriverTrial.HoldsAsync(output, DriverTrial.ActAsync(trial, "route to half of the internet", () => InjectAsync(one.Stack, "128.0.0.0/1")), "18");
        await DriverTrial.HoldsAsync(output, trial.KillAsync(one.Client, Token), "6");
        await DriverTrial.HoldsAsync(output, SignalAsync(one, trial, Assert.Single(Victim.Tunnel.In(one.Stack.Lab.Host)).Pid, SigHup), "4");
        await DriverTrial.HoldsAsync(output, trial.KillAsync(Victim.Supervisor, Token), "8");
        await DriverTrial.HoldsAsync(output, trial.KillAsync(Victim.Keeper, Token), "8");
        await DriverTrial.HoldsAsync(output, trial.KillAsync(Victim.Hold, Token), "8");
        await DriverTrial.HoldsAsync(output, DriverTrial.ActAsync(trial, "upstream resolver down", () => WithoutUpstreamAsync(one.Stack)), "29");
        await DriverTrial.HoldsAsync(output, trial.KillAsync(Victim.Tunnel, Token), "8");
        await DriverTrial.HoldsAsync(output, DriverTrial.ActAsync(trial, "server silent for 9 s", () => one.Exits.SilenceAsync(Silence, Token)), "5", Silence);
        await DriverTrial.HoldsAsync(output, DriverTrial.ActAsync(trial, "tun0 deleted", () => one.Stack.AsRootInsideAsync("ip", "link", "delete", "tun0")), "52");
        await DriverTrial.HoldsAsync(output, trial.KillAsync(Victim.Uplink, Token), "8");
        await DriverTrial.HoldsAsync(output, SignalAsync(one, trial, Assert.Single(one.Client.In(one.Stack.Lab.Host)).Pid, SigTerm), "7");
        Assert.Equal(rules, await one.Stack.AsRootInsideAsync("nft", "--stateless", "list", "ruleset"));
    }

    private static Task<KillOutcome> SignalAsync(DriverStack one, KillTrial trial, int process, int signal) => trial.DisturbAsync(
        $"signal {signal}",
        () =>
        {
            var client = Assert.Single(one.Client.In(one.Stack.Lab.Host));
            LabProcessTable.Signal(process, signal);
            return () => one.Client.In(one.Stack.Lab.Host) is [var now] && now.Pid != client.Pid;
        },
        Token);

    private static async Task InjectAsync(RunningStack stack, string destination)
    {
        string[] route = [destination, "via", RunningStack.UplinkGateway, "dev", RunningStack.Uplink];
        await stack.AsRootInsideAsync(["ip", "route", "add", .. route]);
        Assert.Contains(RunningStack.Uplink, await stack.AsRootInsideAsync("ip", "route", "get", "198.51.100.20"), StringComparison.Ordinal);
        await Task.Delay(Moment, Token);
        await stack.AsRootInsideAsync(["ip", "route", "delete", .. route]);
    }

    private static async Task WithoutUpstreamAsync(RunningStack stack)
    {
        var heard = stack.Lab.Eavesdropper.Heard.Count;
        await stack.Lab.Dot.StopAsync();
        // No name that was asked for before: those are served from the last answer.
        var asked = await stack.AsDevAsync("dig", "+tries=1", "+time=10", "api.anthropic.com");
        Assert.Contains("status: SERVFAIL", asked.Output, StringComparison.Ordinal);
        Assert.Equal(heard, stack.Lab.Eavesdropper.Heard.Count);
        await stack.Lab.Dot.StartAsync(Token);
    }

    private static async Task ChangeExitAsync(DriverStack one)
    {
        // Whichever exit the tunnel has: to the second one, which culvert.yaml did not name first yet, and to the first.
        foreach (var exit in new[] { 2, 1 })
        {
            one.Use(one.Driver, exit);
            // The load never ends, so waiting for it would only cost the time: DrainingTests has the waiting.
            var up = await one.UpAsync("--now");
            Assert.True(up.Succeeded, $"{up.Describe()}\n{await one.LogAsync()}");
            await RunningStack.WaitForAsync($"dev's calls leave at exit{exit}", async () => await one.Stack.ExitSeenByDevAsync() == Exits[exit - 1]);
        }
    }
}
