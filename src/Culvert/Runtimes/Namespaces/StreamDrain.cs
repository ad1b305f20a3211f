using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Before the tunnel of a running stack is changed: waits for the streams that live in it, as long as it carries; see <see cref="StreamWait"/>.</summary>
internal sealed class StreamDrain(Places places, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (Traffic() is not { } before)
        {
            return;
        }

        say($"{Role.Tunnel.Name}: the configuration changed; waiting for the streams that live, for {StreamWait.Longest.TotalSeconds:0} s at most (`--now` does not wait)");
        var (began, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        var wait = StreamWait.Begin(before, began);
        while (!wait.IsOver(began + time.GetElapsedTime(stamp)) && Traffic() is { } traffic)
        {
            wait = wait.After(traffic, began + time.GetElapsedTime(stamp));
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>What has come through the tunnel, as the kernel tells of the namespace that the tunnel role runs in. Null when no tunnel carries.</summary>
    private LinkTraffic? Traffic()
    {
        try
        {
            return ReportFile.ReadTunnel(places.Run.TunnelReport) is { State: TunnelState.Connected }
                && ProcessRecord.Read(places.RecordOf(Role.Tunnel.Name)) is { Identity.IsAlive: true } role
                    ? LinkTraffic.Parse(File.ReadLines($"/proc/{role.Pid}/net/dev"), Role.TunnelInterface)
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // The role ended just now, and its streams with it.
            return null;
        }
    }
}
