using System.Diagnostics;
using System.Text.Json;
using Culvert.Lab.Run;
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
    public static async Task MeasureAsync(DriverStack one, string what, TimeSpan outage, TimeSpan bound, Func<Task<Func<Func<bool>>>> disturb)
    {
        await using var trial = await one.Stack.StartTrialAsync();
        var outcomes = new List<KillOutcome>();
        for (var i = 0; i < Repetitions; i++)
        {
            // A tunnel that is lost young is waited for longer each time; here each loss is one of a tunnel that was good.
            await RunningStack.WaitForAsync("the tunnel is settled", () => Task.FromResult(ConnectedFor(one.Stack) > Settled));
            outcomes.Add(await trial.DisturbAsync(what, await disturb(), Token, outage + TimeSpan.FromSeconds(30)));
        }

        var load = await trial.StopAsync(Token);
        var away = outcomes.Select(outcome => outcome.Away.TotalSeconds).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{one.Driver}, {what}: away {away[0]:0.0} / {away[away.Count / 2]:0.0} / {away[^1]:0.0} s (least, median, most of {away.Count}); "
            + $"leaked {outcomes.Sum(outcome => outcome.Seen.Leaked)} packets; the load tried {load.Tried}; the machine's load was {File.ReadAllText("/proc/loadavg").Trim()}");
        Assert.All(outcomes, outcome => Assert.True(outcome is { Replaced: true, CallsCameBack: true, Seen.Leaked: 0 } && outcome.Away <= outage + bound, $"{outcome}"));
    }

    /// <summary>Something that lasts for <paramref name="outage"/>.</summary>
    public static Task MeasureAwhileAsync(DriverStack one, string what, TimeSpan outage, TimeSpan bound, Func<Task> begin, Func<Task> end) =>
        MeasureAsync(one, what, outage, bound, () => Task.FromResult<Func<Func<bool>>>(() =>
        {
            var lasting = LastAsync();
            return () => lasting.IsFaulted ? throw lasting.Exception.InnerException! : lasting.IsCompletedSuccessfully;

            async Task LastAsync()
            {
                var clock = Stopwatch.StartNew();
                await begin();
                await Task.Delay(outage > clock.Elapsed ? outage - clock.Elapsed : TimeSpan.Zero, Token);
                await end();
            }
        }));

    /// <summary>Kills the client, and holds when another one runs.</summary>
    public static Func<bool> KillClient(DriverStack one)
    {
        var killed = one.Client.In(one.Stack.Lab.Host);
        Assert.NotEmpty(killed);
        killed.ToList().ForEach(process => process.Kill());
        return () => one.Client.In(one.Stack.Lab.Host) is { Count: > 0 } now && now.All(process => killed.All(old => old.Pid != process.Pid));
    }

    public static bool IsConnected(RunningStack stack) => State(stack).Contains("\"state\": \"Connected\"", StringComparison.Ordinal);

    public static string State(RunningStack stack) => File.ReadAllText(stack.Lab.Host.PathOf("/run/culvert/culvert/tunnel/state.json"));

    private static TimeSpan ConnectedFor(RunningStack stack)
    {
        using var state = JsonDocument.Parse(State(stack));
        return state.RootElement.GetProperty("state").GetString() == "Connected"
            ? DateTimeOffset.UtcNow - state.RootElement.GetProperty("since").GetDateTimeOffset()
            : TimeSpan.Zero;
    }
}
