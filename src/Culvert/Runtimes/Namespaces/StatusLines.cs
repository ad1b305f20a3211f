using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>A status for people: a row a process, then sentences.</summary>
internal static class StatusLines
{
    public static readonly IReadOnlyList<string> Header = ["process", "state", "pid", "since", "restarts", "before that"];

    public static IReadOnlyList<IReadOnlyList<string>> Rows(StackStatus status, DateTimeOffset now) =>
    [
        .. status.Processes.Select(process => (IReadOnlyList<string>)
        [
            process.Name,
            process.Running ? "running" : "not running",
            process.Pid is { } pid ? $"{pid}" : "–",
            process.Since is { } since ? Ago(now - since) : "–",
            $"{process.Restarts}",
            process.LastEnd ?? "–",
        ]),
    ];

    public static IEnumerable<string> Sentences(StackStatus status)
    {
        if (status.Namespace is { } report)
        {
            yield return $"guard: loaded at {report.GuardLoadedAt:yyyy-MM-dd HH:mm:ss} UTC";
            yield return $"uplink: {report.Uplink.Name} {report.Uplink.Address}/{report.Uplink.PrefixLength}";
        }

        if (status.Tunnel is { State: TunnelState.Connected } tunnel)
        {
            yield return $"{TunnelText.Sentence(tunnel)}, since {tunnel.Since:yyyy-MM-dd HH:mm:ss} UTC";
        }

        if (status.Tunnel?.Note is { } note)
        {
            yield return $"exits: {note}";
        }

        foreach (var problem in status.Problems)
        {
            yield return $"problem: {problem}";
        }

        if (status.Holds)
        {
            yield return "All is as it should be.";
        }
    }

    public static string Ago(TimeSpan span) => span switch
    {
        { TotalSeconds: < 0 } => "0 s",
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 1 } => $"{(int)span.TotalHours} h {span.Minutes} min",
        _ => $"{(int)span.TotalDays} d {span.Hours} h",
    };
}
