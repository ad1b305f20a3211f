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

    /// <summary>Fails unless calls are back within <paramref name="bound"/> after the disturbance, and nothing but the carrier left.</summary>
    public static Task MeasureAsync(DriverStack one, string what, TimeSpan bound, Func<Task<Func<Func<bool>>>> disturb) =>
        MeasureAsync(one, what, bound, TimeSpan.Zero, disturb, () => TimeSpan.Zero);

    /// <summary>Something that lasts for <paramref name="outage"/>; the network, or the service, can again when <paramref name="end"/> is through.</summary>
    public static Task MeasureAwhileAsync(DriverStack one, string what, TimeSpan outage, TimeSpan bound, Func<Task> begin, Func<Task> end)
    {
        var lasted = TimeSpan.Zero;
        return MeasureAsync(one, what, bound, outage, () => Task.FromResult<Func<Func<bool>>>(() =>
        {
            var lasting = LastAsync();
            return () => lasting.IsFaulted ? throw lasting.Exception.InnerException! : lasting.IsCompletedSuccessfully;
        }), () => lasted);

        async Task LastAsync()
        {
            var clock = Stopwatch.StartNew();
            await begin();
            await Task.Delay(outage > clock.Elapsed ? outage - clock.Elapsed : TimeSpan.Zero, Token);
            await end();
            lasted = clock.Elapsed;
        }
    }

    private static async Task MeasureAsync(
        DriverStack one, string what, TimeSpan bound, TimeSpan outage, Func<Task<Func<Func<bool>>>> disturb, Func<TimeSpan> lasted)
    {
        await using var trial = await one.Stack.StartTrialAsync();
        var outcomes = new List<(KillOutcome Seen, TimeSpan Lasted)>();
        for (var i = 0; i < Repetitions; i++)
        {
            // A tunnel that is lost young is waited for longer each time; here each loss is one of a tunnel that was good.
            await RunningStack.WaitForAsync("the tunnel is settled", () => Task.FromResult(ConnectedFor(one.Stack) > Settled));
            outcomes.Add((await trial.DisturbAsync(what, await disturb(), Token, outage + TimeSpan.FromSeconds(30)), lasted()));
        }

        var load = await trial.StopAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{one.Driver}, {what}: away {Spread(outcomes.Select(outcome => outcome.Seen.Away))}, of which after it was over {Spread(outcomes.Select(outcome => outcome.Seen.Away - outcome.Lasted))} (least, median, most of {outcomes.Count}); "
            + $"leaked {outcomes.Sum(outcome => outcome.Seen.Seen.LeakedFromInside)} packets; the load tried {load.Tried}; the machine's load was {File.ReadAllText("/proc/loadavg").Trim()}");
        Assert.All(outcomes, outcome => Assert.True(
            outcome.Seen is { Replaced: true, CallsCameBack: true, Seen.LeakedFromInside: 0 } && outcome.Seen.Away <= outcome.Lasted + bound, $"{outcome}"));
    }

    private static string Spread(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(time => time.TotalSeconds).Order().ToList();
        return $"{sorted[0]:0.0} / {sorted[sorted.Count / 2]:0.0} / {sorted[^1]:0.0} s";
    }

    /// <summary>Kills it, and holds when another one runs.</summary>
    public static Func<bool> Kill(DriverStack one, Victim victim)
    {
        var killed = victim.In(one.Stack.Lab.Host);
        Assert.NotEmpty(killed);
        killed.ToList().ForEach(process => process.Kill());
        return () => victim.In(one.Stack.Lab.Host) is { Count: > 0 } now && now.All(process => killed.All(old => old.Pid != process.Pid));
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
