using System.Text.Json;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.Lab.Run;

/// <summary>One call of a <see cref="Caller"/>: <see cref="Peer"/> is what the provider saw, or null where <see cref="Failure"/> says why not.</summary>
public sealed record CallerCall(string Way, DateTimeOffset At, string? Peer, string? Failure);

/// <summary>A dev that calls a provider without end, directly and through both proxies, and is never touched: it shows how long calls are away.</summary>
public sealed class Caller : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Ways = ["direct", "socks5", "http"];

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);
    private readonly LabProcess process;

    private Caller(LabProcess process) => this.process = process;

    /// <summary>Every call so far, in the order in which they ended.</summary>
    public IReadOnlyList<CallerCall> Calls =>
    [
        .. process.Output.Split('\n')[..^1].Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            var call = json.RootElement;
            string? Text(string name) => call.TryGetProperty(name, out var value) ? value.GetString() : null;
            var at = DateTimeOffset.UnixEpoch.AddSeconds(call.GetProperty("at").GetDouble());
            return new CallerCall(Text("way")!, at, Text("peer"), Text("failure"));
        }),
    ];

    public static async Task<Caller> StartAsync(CulvertCli culvert, CancellationToken cancellationToken) =>
        new(await culvert.StartInsideAsync(
            [RepositoryFiles.Python, RepositoryFiles.Probe("caller.py")], app: false, LabCommandOptions.None, cancellationToken));

    /// <summary>Waits until every way has had an answer after <paramref name="since"/>; false when the deadline passes first.</summary>
    public async Task<bool> WaitForAnswersAsync(DateTimeOffset since, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var until = DateTimeOffset.UtcNow + deadline;
        while (DateTimeOffset.UtcNow < until)
        {
            var answered = Calls.Where(call => call.Peer is not null && call.At > since).Select(call => call.Way).Distinct();
            if (answered.Count() == Ways.Count)
            {
                return true;
            }

            if (process.HasExited)
            {
                throw new LabException($"the dev that calls without end has ended: {process.Error.Trim()}");
            }

            await Task.Delay(BetweenLooks, cancellationToken);
        }

        return false;
    }

    /// <summary>The longest time that any way was without an answer, from its last one before <paramref name="since"/> to now.</summary>
    public TimeSpan LongestGap(DateTimeOffset since)
    {
        var answers = Calls.Where(call => call.Peer is not null).GroupBy(call => call.Way);
        return answers.Max(way =>
        {
            var times = way.Select(call => call.At).ToList();
            var from = Math.Max(0, times.FindLastIndex(at => at <= since));
            return times.Skip(from).Zip(times.Skip(from + 1), (earlier, later) => later - earlier).DefaultIfEmpty().Max();
        });
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
