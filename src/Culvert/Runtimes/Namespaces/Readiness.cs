using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Waits until a stack carries traffic, and tells what it is waiting for.</summary>
internal sealed class Readiness(Places places, TimeProvider time)
{
    private static readonly TimeSpan HoldPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>The last status seen: it holds, or <paramref name="timeout"/> passed, or the stack was taken down meanwhile.</summary>
    public async Task<StackStatus> WaitAsync(TimeSpan timeout, Action<string> progress, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var observer = new StatusObserver(places);
        var said = new HashSet<string>();
        while (true)
        {
            var status = observer.Observe();
            foreach (var stage in Stages(status).Where(said.Add))
            {
                progress(stage);
            }

            if (status.Holds || !Directory.Exists(places.Run.Path) || time.GetElapsedTime(begun) >= timeout)
            {
                return status;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Whether commands may run inside. While hold runs anew its report is away for a moment, though the guard is not.</summary>
    public async Task<bool> IsGuardedAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!places.IsUp && Directory.Exists(places.Run.Path) && time.GetElapsedTime(begun) < HoldPatience)
        {
            await Task.Delay(Interval, time, cancellationToken);
        }

        return places.IsUp;
    }

    /// <summary>What has been reached, in the order in which it is reached.</summary>
    public static IEnumerable<string> Stages(StackStatus status)
    {
        if (status.Namespace is { } report)
        {
            yield return $"the guard stands on {report.Uplink.Name} ({report.Uplink.Address})";
        }

        if (status.Tunnel is { } tunnel)
        {
            yield return TunnelText.Sentence(tunnel);
        }

        if (status.Listening.Dns)
        {
            yield return "the resolver listens";
        }

        if (status.Listening is { Socks: true, Http: true })
        {
            yield return "the proxy listens on 1080 and 1090";
        }
    }

    /// <summary>Whose log explains best why the stack does not hold; null when it holds.</summary>
    public static string? Culprit(StackStatus status)
    {
        if (status.Holds)
        {
            return null;
        }

        return status.Processes.FirstOrDefault(process => !process.Running && process.LastEnd is not null)?.Name
            ?? status switch
            {
                { Namespace: null } => Role.Hold.Name,
                { Tunnel: not { State: TunnelState.Connected } } => Role.Tunnel.Name,
                { Listening.Dns: false } => Role.Resolver.Name,
                { Listening: not { Socks: true, Http: true } } => Role.Proxy.Name,
                _ => Units.Supervisor,
            };
    }
}
