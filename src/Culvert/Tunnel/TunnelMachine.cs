using System.Collections.Immutable;

namespace Culvert.Tunnel;

/// <summary>A new status and what to do for it.</summary>
internal sealed record TunnelStep(TunnelStatus Status, ImmutableArray<TunnelEffect> Effects);

// The tunnel's life. tun0 is up only in Proving and Connected; every room but Connected and Stopped has a deadline.
//
//                 guard stands                client: connected            kernel shows tun0 up,
//                                                                           addressed, routed
//   ┌──────────┐            ┌────────────┐                  ┌─────────┐                     ┌───────────┐
//   │ Starting ├───────────▶│ Connecting ├─────────────────▶│ Proving ├────────────────────▶│ Connected │
//   └──────────┘            └─▲────────┬─┘   link up        └────┬──▲─┘                     └─┬───────┬─┘
//                    deadline │        │                         │  └────── link differs ─────┘       │
//                           ┌─┴───────┐│ ended, deadline         │ ended, deadline,                  │
//                           │ Waiting │◀─────────────────────────┴─ tun0 gone, server silent ────────┤
//                           └─────────┘         link down, client stopped                             │
//                                      Connecting ◀── the same, but settled (or SIGHUP): no wait ─────┘
//
//   Stopped is entered from everywhere by SIGTERM and never left.

/// <summary>Decides; it touches nothing. <c>(status, event, now) → (status, effects)</c>.</summary>
internal sealed class TunnelMachine(TunnelTimings timings, int exits)
{
    public TunnelStep Step(TunnelStatus status, TunnelEvent happened, DateTimeOffset now) => (status.Phase, happened) switch
    {
        (TunnelPhase.Stopped, _) => Stay(status),
        (_, TunnelEvent.StopWanted) => Stop(status, now),
        (TunnelPhase.Starting, TunnelEvent.GuardStands) => Connect(status, now, null, []),
        (TunnelPhase.Starting, TunnelEvent.Elapsed) when IsDue(status, now) => Stay(status with { Deadline = now + timings.GuardWithin }),
        (TunnelPhase.Starting, _) => Stay(status),
        (_, TunnelEvent.ReconnectWanted) => Connect(status, now, "reconnecting as asked", Leave(status)),
        (_, TunnelEvent.LinkSeen seen) => OnLink(status, seen.Link, now),
        (TunnelPhase.Waiting, TunnelEvent.Elapsed) when IsDue(status, now) => Connect(status, now, status.Cause, []),
        (TunnelPhase.Waiting, _) => Stay(status),
        (_, TunnelEvent.Elapsed) when IsDue(status, now) => Fail(status, now, Overdue(status), refused: false),
        (_, TunnelEvent.OfClient told) when told.Client == status.Client => OnClient(status, told, now),
        _ => Stay(status),
    };

    private static bool IsDue(TunnelStatus status, DateTimeOffset now) => status.Deadline is { } deadline && now >= deadline;

    private static TunnelStep Stay(TunnelStatus status) => new(status, []);

    private TunnelStep OnClient(TunnelStatus status, TunnelEvent.OfClient told, DateTimeOffset now) => told switch
    {
        TunnelEvent.ClientEnded ended => Fail(status, now, ended.Reason, ended.Refused),
        TunnelEvent.ServerHeard => Stay(Heard(status, now)),
        TunnelEvent.ClientMoved moved when status.Phase == TunnelPhase.Connecting => Stay(status with
        {
            Doing = moved.Doing,
            Deadline = moved.Awaits ? status.Deadline : now + timings.ConnectWithin,
        }),
        TunnelEvent.ClientConnected connected when status.Phase == TunnelPhase.Connecting => Prove(
            status with { Address = connected.Address, LastHeard = now }, now, status.Cause),
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
        var step = status.Phase switch
        {
            TunnelPhase.Waiting => Stay(status),
            TunnelPhase.Connecting or TunnelPhase.Proving when !link.Exists => Fail(status, now, "tun0 is gone", refused: false),
            TunnelPhase.Proving when link.Carries(status.Address!.Address) => Proven(status, link, now),
            TunnelPhase.Connected when link.Index != status.LinkIndex => Fail(status, now, "tun0 was deleted", refused: false),
            TunnelPhase.Connected when !link.Carries(status.Address!.Address) => Prove(status, now, "tun0 was changed by someone"),
            _ => Stay(status),
        };
        return link.CarrierRouteMissing ? step with { Effects = [new TunnelEffect.RestoreCarrierRoutes(), .. step.Effects] } : step;
    }

    private TunnelStep Prove(TunnelStatus status, DateTimeOffset now, string? cause) => new(
        Move(status, status, TunnelPhase.Proving, now) with { Deadline = now + timings.ProveWithin, Cause = cause, Doing = "bringing tun0 up" },
        [new TunnelEffect.BringLinkUp(status.Client, status.Address!.Address, status.Address.Mtu)]);

    /// <summary>A probe through tun0 belongs here, as a further proof before Connected.</summary>
    private TunnelStep Proven(TunnelStatus status, LinkSnapshot link, DateTimeOffset now)
    {
        var connected = status with
        {
            ConnectedAt = status.ConnectedAt ?? now,
            LinkIndex = link.Index,
            WasConnected = true,
            Refused = false,
            Cause = null,
        };
        return Stay(Move(status, connected, TunnelPhase.Connected, now) with { Deadline = SilentAt(connected) });
    }

    private string Overdue(TunnelStatus status) => status.Phase switch
    {
        TunnelPhase.Connected => $"nothing came from the server for {timings.SilenceLimit(status.Address?.ServerPing)!.Value.TotalSeconds:0} s",
        TunnelPhase.Proving => $"tun0 did not come up with {status.Address!.Address}",
        _ => $"gave up {status.Doing}",
    };

    private TunnelStep Fail(TunnelStatus status, DateTimeOffset now, string reason, bool refused)
    {
        if (status.ConnectedAt is { } since && now - since >= timings.SettledAfter)
        {
            return Connect(status with { Attempt = 0, Failures = 0 }, now, reason, Leave(status));
        }

        var (delay, dice) = Delay(status, refused);
        var failures = status.Failures + 1;
        var next = failures >= timings.FailuresPerExit;
        var waiting = status with
        {
            Refused = refused,
            Cause = reason,
            Doing = "waiting to try again",
            Failures = next ? 0 : failures,
            Exit = next ? (status.Exit + 1) % exits : status.Exit,
            Dice = dice,
            Address = null,
            ConnectedAt = null,
        };
        return new TunnelStep(Move(status, waiting, TunnelPhase.Waiting, now) with { Deadline = now + delay }, Leave(status));
    }

    /// <summary>Doubles from the first to the longest delay; half of it is chance, so that many stacks do not knock together.</summary>
    private (TimeSpan Delay, uint Dice) Delay(TunnelStatus status, bool refused)
    {
        // Marsaglia's xorshift32: any non-zero state, period 2^32 - 1.
        var dice = status.Dice;
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        var doubled = timings.FirstDelay * Math.Pow(2, Math.Clamp(status.Attempt - 1, 0, 16));
        var longest = refused || doubled > timings.LongestDelay ? timings.LongestDelay : doubled;
        return (longest * (0.5 + (0.5 * dice / uint.MaxValue)), dice);
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
        Move(status, status with { Cause = null, Doing = "the tunnel role was stopped" }, TunnelPhase.Stopped, now) with { Deadline = null },
        Leave(status));

    private static ImmutableArray<TunnelEffect> Leave(TunnelStatus status) =>
        [new TunnelEffect.TakeLinkDown(), new TunnelEffect.StopClient(status.Client)];

    private static TunnelStatus Move(TunnelStatus before, TunnelStatus after, TunnelPhase phase, DateTimeOffset now)
    {
        var moved = after with { Phase = phase };
        return moved.Reported == before.Reported ? moved : moved with { Since = now };
    }
}
