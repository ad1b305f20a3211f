using Culvert.Linux;

namespace Culvert.Runtimes;

/// <summary>
/// Before the tunnel of a running stack is changed: waits for the streams that live in it, as long as it carries; see <see cref="StreamWait"/>.
/// <paramref name="traffic"/> is what has come through the tunnel by now, and null when no tunnel carries.
/// </summary>
internal sealed class StreamDrain(Func<CancellationToken, Task<LinkTraffic?>> traffic, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (await traffic(cancellationToken) is not { } before)
        {
            return;
        }

        say($"the tunnel changes; waiting for the streams that live, for {StreamWait.Longest.TotalSeconds:0} s at most (`--now` does not wait)");
        var (began, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        var wait = StreamWait.Begin(before, began);
        while (!wait.IsOver(began + time.GetElapsedTime(stamp)) && await traffic(cancellationToken) is { } now)
        {
            wait = wait.After(now, began + time.GetElapsedTime(stamp));
            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
