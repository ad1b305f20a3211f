using Culvert.Lab.Run;

namespace Culvert.SystemTests.Tunnels;

/// <summary>What the cases of a driver have in common: something is done under the load of a <see cref="KillTrial"/>, and its outcome has to hold.</summary>
internal static class DriverTrial
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Nothing but the carrier left, and dev's calls were away no longer than the cause lasted and the promised time.</summary>
    public static async Task HoldsAsync(ITestOutputHelper output, Task<KillOutcome> disturbance, string fault, TimeSpan cause = default)
    {
        var outcome = await disturbance;
        output.WriteLine($"{fault} {outcome.Victim}: away for {outcome.Away.TotalSeconds:0.0} s, {outcome.Seen}");
        // The socket of a user-mode uplink is the host's: what comes back to one that was closed meanwhile, the host's kernel returns.
        Assert.True(outcome is { Seen.LeakedFromInside: 0, Replaced: true, CallsCameBack: true } && outcome.Away < cause + KillOutcome.LongestAway, $"{fault}: {outcome}");
    }

    /// <summary>Something that ends by itself; calls have to come back after it.</summary>
    public static Task<KillOutcome> ActAsync(KillTrial trial, string name, Func<Task> act) => trial.DisturbAsync(
        name,
        () =>
        {
            var acting = act();
            return () => acting.IsFaulted ? throw acting.Exception.InnerException! : acting.IsCompletedSuccessfully;
        },
        Token);
}
