using System.Net;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

/// <summary>A machine with a clock and everything it wanted done, for tests that tell a story.</summary>
internal sealed class TunnelWalk(int exits = 2)
{
    public static readonly IPAddress Inside = IPAddress.Parse("10.8.0.2");
    public static readonly TunnelTimings Timings = TunnelTimings.Default;

    /// <summary>tun0 as it is when a client holds it and the role has brought it up.</summary>
    public static readonly LinkSnapshot Carrying = new(7, Running: true, Inside, DefaultRoute: true, CarrierRouteMissing: false);

    public static readonly LinkSnapshot Down = new(7, Running: false, null, DefaultRoute: false, CarrierRouteMissing: false);
    public static readonly LinkSnapshot Gone = new(0, Running: false, null, DefaultRoute: false, CarrierRouteMissing: false);

    private readonly TunnelMachine machine = new(Timings, exits);

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;

    public TunnelStatus Status { get; private set; } = TunnelStatus.Initial(DateTimeOffset.UnixEpoch, 1, Timings);

    /// <summary>The effects of the last step.</summary>
    public IReadOnlyList<TunnelEffect> Effects { get; private set; } = [];

    /// <summary>A walk that has come to Connected, over an exit that promised to ping every 2 s.</summary>
    public static TunnelWalk Connected(TimeSpan? ping, int exits = 2)
    {
        var walk = new TunnelWalk(exits);
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Connect(ping);
        return walk;
    }

    public void Hear(TunnelEvent happened)
    {
        var step = machine.Step(Status, happened, Now);
        (Status, Effects) = (step.Status, step.Effects);
    }

    public void Wait(TimeSpan time)
    {
        Now += time;
        Hear(new TunnelEvent.Elapsed());
    }

    /// <summary>To a moment after the machine's own deadline.</summary>
    public void WaitOut() => Wait(Status.Deadline!.Value - Now);

    /// <summary>To the moment when the next probe is sent.</summary>
    public void WaitForProbe() => Wait(Status.ProbeAt!.Value - Now);

    public void End(string reason = "the client ended", bool refused = false) => Hear(new TunnelEvent.ClientEnded(Status.Client, reason, refused));

    public void Connect(TimeSpan? ping)
    {
        Hear(new TunnelEvent.ClientConnected(Status.Client, new TunnelAddress(Inside, 1500, ping)));
        Hear(new TunnelEvent.LinkSeen(Carrying));
        Answer();
    }

    /// <summary>The probe under way is answered and, when they were asked, the providers say this.</summary>
    public void Answer(string? refusals = null) => Hear(new TunnelEvent.Probed(Status.Client, Answered: true, refusals, Asked: Effects.OfType<TunnelEffect.Probe>().Any(p => p.AskProviders)));

    public void LoseProbe() => Hear(new TunnelEvent.Probed(Status.Client, Answered: false, null, Asked: false));
}
