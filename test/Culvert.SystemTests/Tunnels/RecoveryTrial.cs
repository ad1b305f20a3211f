using System.Text.Json;
using Culvert.Lab.Run;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>A disturbance, repeated under load on a settled tunnel, and how long dev's calls were away.</summary>
internal static class RecoveryTrial
{
    private const int Repetitions = 10;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10.5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Fails unless calls are back within <paramref name="bound"/> after an outage of the network of <paramref name="outage"/>, and nothing but the carrier left.
    /// </summary>
    public static async Task MeasureAsync(RunningStack stack, string what, TimeSpan outage, TimeSpan bound, Func<int, Task<Func<Func<bool>>>> disturb)
    {
        await using var trial = await stack.StartTrialAsync();
        var outcomes = new List<KillOutcome>();
        for (var i = 0; i < Repetitions; i++)
        {
            // A tunnel that is lost young is waited for longer each time; here each loss is one of a tunnel that was good.
            await RunningStack.WaitForAsync("the tunnel is settled", () => Task.FromResult(ConnectedFor(stack) > Settled));
            outcomes.Add(await trial.DisturbAsync(what, await disturb(i), Token, outage + TimeSpan.FromSeconds(30)));
        }

        var load = await trial.StopAsync(Token);
        var away = outcomes.Select(outcome => outcome.Away.TotalSeconds).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{what}: away {away[0]:0.0} / {away[away.Count / 2]:0.0} / {away[^1]:0.0} s (least, median, most of {away.Count}); "
            + $"leaked {outcomes.Sum(outcome => outcome.Seen.Leaked)} packets; the load tried {load.Tried}");
        Assert.All(outcomes, outcome => Assert.True(outcome is { Replaced: true, CallsCameBack: true, Seen.Leaked: 0 } && outcome.Away <= outage + bound, $"{outcome}"));
    }

    public static async Task<(RunningStack Stack, LabWireGuardExit[] Exits)> StartAsync(bool wireGuard)
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

    /// <summary>Only the first exit, so that there is no other to go to.</summary>
    public static async Task UseOneExitAsync(RunningStack stack)
    {
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace(", exit2.ovpn", "", StringComparison.Ordinal));
        Assert.True((await stack.Culvert.UpAsync(Token)).Succeeded);
    }

    public static string State(RunningStack stack) => File.ReadAllText(stack.Lab.Host.PathOf("/run/culvert/culvert/tunnel/state.json"));

    private static TimeSpan ConnectedFor(RunningStack stack)
    {
        using var state = JsonDocument.Parse(State(stack));
        return state.RootElement.GetProperty("state").GetString() == "Connected"
            ? DateTimeOffset.UtcNow - state.RootElement.GetProperty("since").GetDateTimeOffset()
            : TimeSpan.Zero;
    }
}
