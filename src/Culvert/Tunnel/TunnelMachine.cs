using System.Collections.Immutable;

namespace Culvert.Tunnel;

/// <summary>A new status and what to do for it.</summary>
internal sealed record TunnelStep(TunnelStatus Status, ImmutableArray<TunnelEffect> Effects);

// The tunnel's life. tun0 is up only in Proving, Probing and Connected; every room but Connected and Stopped has a deadline.
//
//               guard stands              client: connected           kernel shows tun0 up,      something out there
//                                                                     addressed, routed          answers through tun0
//   ┌──────────┐         ┌────────────┐                   ┌─────────┐               ┌─────────┐               ┌───────────┐
//   │ Starting ├────────▶│ Connecting ├──────────────────▶│ Proving ├──────────────▶│ Probing ├──────────────▶│ Connected │
//   └──────────┘         └─▲────────┬─┘     link up       └────┬──▲─┘               └────┬────┘               └─┬───────┬─┘
//                 deadline │        │                          │  └─────── link differs ──┼──────────────────────┘       │
//                        ┌─┴───────┐│ ended, deadline          │ ended, deadline,         │ no answer; a provider        │
//                        │ Waiting │◀──────────────────────────┴──────────────────────────┴─ refuses this exit ──────────┤
//                        └─────────┘   link down, client stopped          tun0 gone, server silent, probes lost         │
//                                   Connecting ◀── ended, tun0 gone, silent after it had settled (or SIGHUP): no wait ──┘
//
//   An exit that carries nothing or that a provider refuses is left for another; it is tried last for a while. Where it carries
//   and a provider begins to refuse it, Connected is left at a deadline of its own: when the streams have ended, or after 30 s;
//   a tunnel that is lost meanwhile is lost as ever, and the change of exit is made then.
//   Stopped is entered from everywhere by SIGTERM and never left.

/// <summary>Decides; it touches nothing. <c>(status, event, now) → (status, effects)</c>.</summary>
internal sealed class TunnelMachine(TunnelTimings timings, int exits, bool clientMakesLink = false)
{
    public TunnelStep Step(TunnelStatus status, TunnelEvent happened, DateTimeOffset now) => (status.Phase, happened) switch
    {
        (TunnelPhase.Stopped, _) => Stay(status),
        (_, TunnelEvent.StopWanted) => Stop(status, now),
        (TunnelPhase.Starting, TunnelEvent.GuardStands) => Connect(status, now, null, []),
        (TunnelPhase.Starting, TunnelEvent.Elapsed) when IsDue(status.Deadline, now) => Stay(status with { Deadline = now + timings.GuardWithin }),
        (TunnelPhase.Starting, _) => Stay(status),
        (_, TunnelEvent.ReconnectWanted) when status.Leaving is { } leaving => Change(status, leaving, now, "reconnecting as asked"),
        (_, TunnelEvent.ReconnectWanted) => Connect(status, now, "reconnecting as asked", Leave(status)),
        (_, TunnelEvent.LinkSeen seen) => OnLink(status, seen.Link, now),
        (TunnelPhase.Waiting, TunnelEvent.Elapsed) when IsDue(status.Deadline, now) => Connect(status, now, status.Cause, []),
        (TunnelPhase.Waiting, _) => Stay(status),
        (TunnelPhase.Probing, TunnelEvent.Elapsed) when IsDue(status.Deadline, now) => CarriesNothing(status, now),
        (_, TunnelEvent.Elapsed) when IsDue(status.Deadline, now) => Fail(status, now, Overdue(status), refused: false),
        (TunnelPhase.Connected, TunnelEvent.Elapsed) when status.Leaving is { } leaving && leaving.IsDue(now) => Change(status, leaving, now, leaving.Why),
        (TunnelPhase.Connected, TunnelEvent.ProvidersDoubted) => AskProviders(status, now),
        (TunnelPhase.Probing or TunnelPhase.Connected, TunnelEvent.Elapsed) when IsDue(status.ProbeAt, now) => Probe(status, now),
        (_, TunnelEvent.OfClient told) when told.Client == status.Client => OnClient(status, told, now),
        _ => Stay(status),
    };

    private static bool IsDue(DateTimeOffset? moment, DateTimeOffset now) => moment is { } due && now >= due;

    private static TunnelStep Stay(TunnelStatus status) => new(status, []);

    private TunnelStep OnClient(TunnelStatus status, TunnelEvent.OfClient told, DateTimeOffset now) => told switch
    {
        TunnelEvent.ClientEnded ended => Fail(status, now, ended.Reason, ended.Refused, ended.LeaveFor, ended.SameEverywhere),
        TunnelEvent.ServerHeard => Stay(Heard(status, now)),
        TunnelEvent.ClientMoved moved when status.Phase == TunnelPhase.Connecting => Stay(status with
        {
            Doing = moved.Doing,
            Deadline = moved.Awaits ? status.Deadline : now + timings.Within(moved.ShakesHands, status.Attempt),
        }),
        TunnelEvent.ClientConnected connected when status.Phase == TunnelPhase.Connecting => Prove(
            status with { Address = connected.Address, LastHeard = now }, now, status.Cause),
        TunnelEvent.Probed probed when status.Phase is TunnelPhase.Probing or TunnelPhase.Connected => OnProbe(status, probed, now),
        _ => Stay(status),
    };

    private TunnelStatus Heard(TunnelStatus status, DateTimeOffset now)
    {
        var heard = status with { LastHeard = now };
        return status.Phase == TunnelPhase.Connected ? heard with { Deadline = SilentAt(heard) } : heard;
    }

    private DateTimeOffset? SilentAt(TunnelStatus status) => status.LastHeard + timings.SilenceLimit(status.Address?.ServerPing);

    private TunnelStep OnLink(TunnelStatus status, LinkSnapshot link, DateTimeOffset now)
    {
        status = status with { Seen = link.Traffic, Leaving = status.Leaving?.After(link.Traffic, now) };
        var step = status.Phase switch
        {
            TunnelPhase.Waiting => Stay(status),
            TunnelPhase.Connecting when clientMakesLink => Stay(status),
            TunnelPhase.Connecting or TunnelPhase.Proving when !link.Exists => Fail(status, now, "tun0 is gone", refused: false),
            TunnelPhase.Proving when link.Carries(status.Address!.Address) => Proven(status, link, now),
            TunnelPhase.Probing or TunnelPhase.Connected when link.Index != status.LinkIndex => Fail(status, now, "tun0 was deleted", refused: false),
            TunnelPhase.Probing or TunnelPhase.Connected when !link.Carries(status.Address!.Address) => Prove(status, now, "tun0 was changed by someone"),
            TunnelPhase.Connected when link.Traffic.ShowsData(status.Traffic) => Stay(Carried(status, now) with { Traffic = link.Traffic }),
            _ => Stay(status),
        };
        return link.CarrierRouteMissing ? step with { Effects = [new TunnelEffect.RestoreCarrierRoutes(), .. step.Effects] } : step;
    }

    private TunnelStep Prove(TunnelStatus status, DateTimeOffset now, string? cause) => new(
        Move(status, status, TunnelPhase.Proving, now) with { Deadline = now + timings.ProveWithin, Cause = cause, Doing = "bringing tun0 up" },
        [new TunnelEffect.BringLinkUp(status.Client, status.Address!.Address, status.Address.Mtu)]);

    // A tunnel that carried before its link was put right carries again; another has to show that it does.
    private TunnelStep Proven(TunnelStatus status, LinkSnapshot link, DateTimeOffset now)
    {
        var proven = status with { LinkIndex = link.Index, Traffic = link.Traffic };
        return status.ConnectedAt is not null
            ? Stay(Arrive(status, proven, now))
            : Probe(Move(status, proven, TunnelPhase.Probing, now) with { Deadline = now + timings.ProbeWithin, Doing = "waiting for an answer through the tunnel" }, now);
    }

    private TunnelStep Probe(TunnelStatus status, DateTimeOffset now) => new(
        status with { ProbeAt = now + timings.ProbeOverdue, SeenAtProbe = status.Seen },
        [new TunnelEffect.Probe(status.Client, !(ExitChoice.Of(status.Notes, status.Exit).AskedUntil > now))]);

    private TunnelStep AskProviders(TunnelStatus status, DateTimeOffset now) =>
        Probe(status with { Notes = status.Notes.SetItem(status.Exit, ExitChoice.Of(status.Notes, status.Exit) with { AskedUntil = null }) }, now);

    private TunnelStep OnProbe(TunnelStatus status, TunnelEvent.Probed probed, DateTimeOffset now)
    {
        if (!probed.Answered)
        {
            // Many uploads fill the queues on the way: a probe is dropped there or late, and what comes back is bare acknowledgements.
            var inARow = status.Seen.IsBusy(status.SeenAtProbe) ? 0 : status.ProbesLost + 1;
            var lost = status with { ProbesLost = inARow, ProbeAt = now + timings.ProbeAgain };
            return status.Phase == TunnelPhase.Connected && lost.ProbesLost >= timings.ProbesLost ? CarriesNothing(lost, now) : Stay(lost);
        }

        var before = ExitChoice.Of(status.Notes, status.Exit);
        var note = probed.Asked ? new ExitNote(null, probed.Refusals, now + (probed.Unanswered ? timings.UnansweredMemory : timings.ProviderMemory), Carries: true) : before with { Carries = true };
        var noted = Carried(status, now) with { Notes = status.Notes.SetItem(status.Exit, note) };
        // An exit that is used although it is known to be refused is not left for the same refusal again.
        if (probed.Refusals is { } refusals && refusals != before.Why && ExitChoice.Better(status.Notes, exits, status.Exit, now) is not null)
        {
            return status.Phase == TunnelPhase.Connected
                ? Stay(noted with { Leaving = (status.Leaving ?? TunnelLeaving.Begin(refusals, status.Traffic, now)) with { Why = refusals } })
                : Fail(noted, now, refusals, refused: false, avoid: timings.ProviderMemory);
        }

        // A provider that serves the exit after all ends the leaving.
        noted = note.Why is null ? noted with { Leaving = null } : noted;
        return Stay(status.Phase == TunnelPhase.Connected ? noted : Arrive(status, noted, now));
    }

    /// <summary>Something came through the tunnel: the next probe has time.</summary>
    private TunnelStatus Carried(TunnelStatus status, DateTimeOffset now)
    {
        var dice = Dice.Roll(status.Dice);
        return status with { ProbesLost = 0, Dice = dice, ProbeAt = now + (timings.ProbeEvery * (0.8 + (0.2 * Dice.Fraction(dice)))) };
    }

    private TunnelStatus Arrive(TunnelStatus before, TunnelStatus status, DateTimeOffset now)
    {
        var connected = status with
        {
            ConnectedAt = status.ConnectedAt ?? now,
            WasConnected = true,
            Refused = false,
            Cause = null,
        };
        return Move(before, connected, TunnelPhase.Connected, now) with { Deadline = SilentAt(connected) };
    }

    private string Overdue(TunnelStatus status) => status.Phase switch
    {
        TunnelPhase.Connected => $"nothing came from the server for {timings.SilenceLimit(status.Address?.ServerPing)!.Value.TotalSeconds:0} s",
        TunnelPhase.Proving => $"tun0 did not come up with {status.Address!.Address}",
        _ => $"gave up {status.Doing}",
    };

    private TunnelStep CarriesNothing(TunnelStatus status, DateTimeOffset now) =>
        Fail(Useless(status), now, "the client says connected, but nothing answers through the tunnel", refused: false, avoid: timings.CoolDown);

    private static TunnelStatus Useless(TunnelStatus status) =>
        status with { Notes = status.Notes.SetItem(status.Exit, ExitChoice.Of(status.Notes, status.Exit) with { Carries = false }) };

    private TunnelStep Fail(TunnelStatus status, DateTimeOffset now, string reason, bool refused, TimeSpan? avoid = null, bool sameEverywhere = false)
    {
        var before = status;
        var settled = status.ConnectedAt is { } since && now - since >= timings.SettledAfter;
        if (status.Leaving is { } leaving)
        {
            return Change(status, leaving, now, reason);
        }

        if (settled && avoid is null)
        {
            return Connect(status with { Attempt = 0, Failures = 0 }, now, reason, Leave(status));
        }

        var (delay, dice) = Delay(settled ? status with { Attempt = 0 } : status, refused);
        var failures = status.Failures + (sameEverywhere ? 0 : 1);
        if (avoid is null && failures >= timings.FailuresPerExit)
        {
            (avoid, status) = (timings.CoolDown, Useless(status));
        }

        var notes = avoid is { } time ? Avoid(status, now + time, reason) : status.Notes;
        var waiting = status with
        {
            Refused = refused,
            Cause = reason,
            Doing = "waiting to try again",
            Attempt = settled ? 0 : status.Attempt,
            Failures = avoid is null ? failures : 0,
            Exit = avoid is null ? status.Exit : ExitChoice.Next(notes, exits, status.Exit, now),
            Notes = notes,
            Dice = dice,
            Address = null,
            ConnectedAt = null,
        };
        return new TunnelStep(Move(before, waiting, TunnelPhase.Waiting, now) with { Deadline = now + delay, ProbeAt = null, ProbesLost = 0 }, Leave(status));
    }

    /// <summary>Makes the planned change of exit, at its time or because the tunnel was lost before. Nothing failed, so nothing is waited for.</summary>
    private TunnelStep Change(TunnelStatus status, TunnelLeaving leaving, DateTimeOffset now, string cause)
    {
        var notes = Avoid(status, now + timings.ProviderMemory, leaving.Why);
        var changed = status with { Exit = ExitChoice.Next(notes, exits, status.Exit, now), Notes = notes, Attempt = 0, Failures = 0 };
        return Connect(changed, now, cause, Leave(status));
    }

    private static ImmutableDictionary<int, ExitNote> Avoid(TunnelStatus status, DateTimeOffset until, string why) => status.Notes.SetItem(
        status.Exit, ExitChoice.Of(status.Notes, status.Exit) with { AvoidUntil = until, Why = why });

    /// <summary>Doubles from the first to the longest delay, unless the server refused; half of it is chance, so that many stacks do not knock together.</summary>
    private (TimeSpan Delay, uint Dice) Delay(TunnelStatus status, bool refused)
    {
        var dice = Dice.Roll(status.Dice);
        var doubled = timings.FirstDelay * Math.Pow(2, Math.Clamp(status.Attempt - 1, 0, 16));
        var longest = refused ? timings.RefusedDelay : doubled > timings.LongestDelay ? timings.LongestDelay : doubled;
        return (longest * (0.5 + (0.5 * Dice.Fraction(dice))), dice);
    }

    private TunnelStep Connect(TunnelStatus status, DateTimeOffset now, string? cause, ImmutableArray<TunnelEffect> before)
    {
        var client = status.Client + 1;
        var connecting = status with
        {
            Client = client,
            Attempt = status.Attempt + 1,
            Address = null,
            ConnectedAt = null,
            ProbeAt = null,
            ProbesLost = 0,
            Leaving = null,
            Cause = cause,
            Doing = "starting the client",
        };
        return new TunnelStep(
            Move(status, connecting, TunnelPhase.Connecting, now) with { Deadline = now + timings.AnswerWithin },
            [
                .. before.IsEmpty ? [new TunnelEffect.TakeLinkDown()] : before,
                new TunnelEffect.PrepareLink(client),
                new TunnelEffect.StartClient(client, status.Exit),
            ]);
    }

    private static TunnelStep Stop(TunnelStatus status, DateTimeOffset now) => new(
        Move(status, status with { Leaving = null, Cause = null, Doing = "the tunnel role was stopped" }, TunnelPhase.Stopped, now) with { Deadline = null },
        Leave(status));

    private static ImmutableArray<TunnelEffect> Leave(TunnelStatus status) =>
        [new TunnelEffect.TakeLinkDown(), new TunnelEffect.StopClient(status.Client)];

    private static TunnelStatus Move(TunnelStatus before, TunnelStatus after, TunnelPhase phase, DateTimeOffset now)
    {
        var moved = after with { Phase = phase };
        return moved.Reported == before.Reported ? moved : moved with { Since = now };
    }
}
