namespace Culvert.Commands;

/// <summary>When a probe that watches has watched enough.</summary>
internal static class ProbeEnd
{
    /// <summary>A token that is cancelled after these seconds or, without them, when standard input ends: then also when whoever started it has died.</summary>
    public static CancellationToken After(double? seconds, CancellationToken cancellationToken)
    {
        // Not disposed: the thread that waits for the end of the input may outlive the call.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (seconds is { } limit)
        {
            stop.CancelAfter(TimeSpan.FromSeconds(limit));
            return stop.Token;
        }

        var watcher = new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
            }

            stop.Cancel();
        })
        { IsBackground = true };
        watcher.Start();
        return stop.Token;
    }
}
