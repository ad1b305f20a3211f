using Culvert.Linux;

namespace Culvert.Tunnel;

/// <summary>A change of exit that is planned, while the exit in use still carries. <see cref="Why"/> is for people.</summary>
internal sealed record TunnelLeaving(string Why, StreamWait Streams)
{
    public static TunnelLeaving Begin(string why, LinkTraffic seen, DateTimeOffset now) => new(why, StreamWait.Begin(seen, now));

    public bool IsDue(DateTimeOffset now) => Streams.IsOver(now);

    public TunnelLeaving After(LinkTraffic traffic, DateTimeOffset now) => this with { Streams = Streams.After(traffic, now) };
}
