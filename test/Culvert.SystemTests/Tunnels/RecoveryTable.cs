using System.Diagnostics;
using System.Text.Json;
using Culvert.Lab.Run;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>
/// Measures, ten times each, how long dev's calls are away when the tunnel is disturbed under load. It takes minutes and is run
/// by name: <c>Culvert.SystemTests -explicit only -class "*RecoveryTable" -showLiveOutput</c>.
/// </summary>
public sealed class RecoveryTable
{
    private const int Repetitions = 10;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10.5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_9_of_the_client(bool wireGuard)
    {
        var (stack, _) = await StartAsync(wireGuard);
        await using var all = stack;
        await MeasureKillAsync(stack, wireGuard ? "wireguard-go" : "openvpn");
    }

    [Fact(Explicit = true)]
    public async Task Kill_9_of_AdGuards_client()
    {
        await using var stack = await AdGuardStack.StartAsync();
        await MeasureKillAsync(stack, "adguardvpn-cli");
    }

    private static Task MeasureKillAsync(RunningStack stack, string name) =>
        MeasureAsync(stack, $"kill -9 {name}", TimeSpan.FromSeconds(5), _ => () =>
        {
            var killed = Clients(stack, name);
            Assert.NotEmpty(killed);
            stack.Lab.Host.Processes.Where(process => killed.Contains(process.Pid)).ToList().ForEach(process => process.Kill());
            return () => Clients(stack, name).Except(killed).Any();
        });

    [Fact(Explicit = true)]
    public async Task A_server_that_is_silent_for_9_s()
    {
        var (stack, _) = await StartAsync(wireGuard: false);
        await using var all = stack;
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace(", exit2.ovpn", "", StringComparison.Ordinal));
        Assert.True((await stack.Culvert.UpAsync(Token)).Succeeded);
        await MeasureAsync(stack, "silent 9 s", Silence + TimeSpan.FromSeconds(5), _ => () =>
        {
            var clock = Stopwatch.StartNew();
            stack.Lab.Exit1.Silence();
            return () =>
            {
                if (clock.Elapsed >= Silence)
                {
                    stack.Lab.Exit1.Resume();
                }

                return clock.Elapsed >= Silence;
            };
        });
    }

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exit_that_dies_for_good(bool wireGuard)
    {
        var (stack, wireGuards) = await StartAsync(wireGuard);
        await using var all = stack;
        var dead = -1;
        await MeasureAsync(stack, "exit dead", TimeSpan.FromSeconds(15), async repetition =>
        {
            if (dead >= 0)
            {
                await (wireGuard ? wireGuards[dead].StartAsync(Token) : Exit(stack, dead).StartAsync(ExitOptions.Default, Token));
            }

            dead = await LocationAsync(stack) == "exit1" ? 0 : 1;
            var stopped = dead;
            return () =>
            {
                var stopping = wireGuard ? wireGuards[stopped].StopAsync() : Exit(stack, stopped).StopAsync();
                return () => stopping.IsCompletedSuccessfully && State(stack) is var state
                    && state.Contains("\"state\": \"Connected\"", StringComparison.Ordinal) && state.Contains($"\"location\": \"exit{2 - stopped}\"", StringComparison.Ordinal);
            };
        });
    }

    private static Task MeasureAsync(RunningStack stack, string what, TimeSpan bound, Func<int, Func<Func<bool>>> disturb) =>
        MeasureAsync(stack, what, bound, repetition => Task.FromResult(disturb(repetition)));

    private static async Task MeasureAsync(RunningStack stack, string what, TimeSpan bound, Func<int, Task<Func<Func<bool>>>> disturb)
    {
        await using var trial = await stack.StartTrialAsync();
        var outcomes = new List<KillOutcome>();
        for (var i = 0; i < Repetitions; i++)
        {
            // A tunnel that is lost young is waited for longer each time; here each loss is one of a tunnel that was good.
            await RunningStack.WaitForAsync("the tunnel is settled", () => Task.FromResult(ConnectedFor(stack) > Settled));
            outcomes.Add(await trial.DisturbAsync(what, await disturb(i), Token));
        }

        var load = await trial.StopAsync(Token);
        var away = outcomes.Select(outcome => outcome.Away.TotalSeconds).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{what}: away {away[0]:0.0} / {away[away.Count / 2]:0.0} / {away[^1]:0.0} s (least, median, most of {away.Count}); "
            + $"leaked {outcomes.Sum(outcome => outcome.Seen.Leaked)} packets; the load tried {load.Tried}");
        Assert.All(outcomes, outcome => Assert.True(outcome is { Replaced: true, CallsCameBack: true, Seen.Leaked: 0 } && outcome.Away <= bound, $"{outcome}"));
    }

    private static async Task<(RunningStack Stack, LabWireGuardExit[] Exits)> StartAsync(bool wireGuard)
    {
        if (!wireGuard)
        {
            return (await RunningStack.StartAsync(), []);
        }

        var prepared = await WireGuardStack.PrepareAsync();
        var up = await prepared.Stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        return prepared;
    }

    private static LabExit Exit(RunningStack stack, int index) => index == 0 ? stack.Lab.Exit1 : stack.Lab.Exit2;

    private static List<int> Clients(RunningStack stack, string name) =>
        [.. stack.Lab.Host.Processes.Where(process => process.Name == name).Select(process => process.Pid)];

    private static string State(RunningStack stack) => File.ReadAllText(stack.Lab.Host.PathOf("/run/culvert/culvert/tunnel/state.json"));

    private static TimeSpan ConnectedFor(RunningStack stack)
    {
        using var state = JsonDocument.Parse(State(stack));
        return state.RootElement.GetProperty("state").GetString() == "Connected"
            ? DateTimeOffset.UtcNow - state.RootElement.GetProperty("since").GetDateTimeOffset()
            : TimeSpan.Zero;
    }

    private static async Task<string> LocationAsync(RunningStack stack)
    {
        var location = "";
        await RunningStack.WaitForAsync("the tunnel is connected", () =>
        {
            var state = State(stack);
            location = state.Contains("\"location\": \"exit1\"", StringComparison.Ordinal) ? "exit1" : "exit2";
            return Task.FromResult(state.Contains("\"state\": \"Connected\"", StringComparison.Ordinal));
        });
        return location;
    }
}
