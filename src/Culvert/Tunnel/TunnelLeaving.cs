namespace Culvert.Tunnel;

/// <summary>
/// A change of exit that is planned, while the exit in use still carries. It waits for the streams that live, which are seen by
/// what comes through tun0: until that has been quiet, and no longer than <see cref="Until"/>. <see cref="Why"/> is for people.
/// </summary>
internal sealed record TunnelLeaving(string Why, DateTimeOffset Until, DateTimeOffset QuietAt, LinkTraffic Seen)
{
    public static TunnelLeaving Begin(string why, LinkTraffic seen, DateTimeOffset now, TunnelTimings timings) =>
        new(why, now + timings.DrainWithin, now + timings.QuietFor, seen);

    public bool IsDue(DateTimeOffset now) => now >= Until || now >= QuietAt;

    public TunnelLeaving After(LinkTraffic traffic, DateTimeOffset now, TunnelTimings timings) => this with
    {
        Seen = traffic,
        QuietAt = traffic.Flows(Seen) ? now + timings.QuietFor : QuietAt,
    };
}
