using Culvert.Linux;

namespace Culvert.Guard;

/// <summary>
/// Tells of what the guard refuses, in the tunnel role's log: the same refusal once a minute, so many in a minute at most.
/// The guard's own rule limits what comes here; its counters are exact.
/// </summary>
internal sealed class RefusalEvents(TimeProvider time, Action<string> say)
{
    private const int MostInAWindow = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(10);

    private readonly HashSet<Refusal> told = [];
    private long begun;
    private string? lastTrouble;

    /// <summary>Listens until cancelled; what keeps it from that is said once, and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var log = NetfilterLog.Open(Ruleset.LogGroup);
                lastTrouble = null;
                await ListenAsync(log, cancellationToken);
            }
            catch (IOException e)
            {
                Trouble($"what the guard refuses is counted and not told of: {e.Message}");
            }

            await Task.Delay(BetweenAttempts, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Take(Refusal refusal)
    {
        if (told.Count > 0 && time.GetElapsedTime(begun) >= Window)
        {
            told.Clear();
        }

        if (told.Count == 0)
        {
            begun = time.GetTimestamp();
        }

        if (told.Count > MostInAWindow || !told.Add(refusal))
        {
            return;
        }

        say(told.Count > MostInAWindow ? $"the guard refuses more than {MostInAWindow} different things a minute; its counters have them all (`nft list table inet culvert`)" : $"the guard {refusal}");
    }

    private async Task ListenAsync(NetfilterLog log, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var packet in log.Read())
            {
                if (Refusal.Of(packet) is { } refusal)
                {
                    Take(refusal);
                }
            }

            await Task.Delay(BetweenLooks, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Trouble(string sentence)
    {
        if (sentence != lastTrouble)
        {
            lastTrouble = sentence;
            say(sentence);
        }
    }
}
