namespace Culvert.Linux;

/// <summary>
/// The wait for the streams that live in a tunnel, before a change that is planned breaks them. They are seen by what comes through its
/// interface: until that has been quiet, and no longer than <see cref="Until"/>. Pure.
/// </summary>
internal sealed record StreamWait(DateTimeOffset Until, DateTimeOffset QuietAt, LinkTraffic Seen)
{
    /// <summary>How long streams are waited for, at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>When nothing has come for this long, no stream lives.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    public static StreamWait Begin(LinkTraffic seen, DateTimeOffset now) => new(now + Longest, now + Quiet, seen);

    public bool IsOver(DateTimeOffset now) => now >= Until || now >= QuietAt;

    public StreamWait After(LinkTraffic traffic, DateTimeOffset now) => this with
    {
        Seen = traffic,
        QuietAt = traffic.Flows(Seen) ? now + Quiet : QuietAt,
    };
}
