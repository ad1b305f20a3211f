using System.Collections.Immutable;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Tunnel;

/// <summary>The rooms of the tunnel's machine; see the drawing above <see cref="TunnelMachine"/>.</summary>
internal enum TunnelPhase
{
    Starting,
    Connecting,
    Proving,
    Probing,
    Connected,
    Waiting,
    Stopped,
}

/// <summary>All that the machine remembers. <see cref="Dice"/> is the state of its own random numbers, so that a step is pure.</summary>
internal sealed record TunnelStatus
{
    public required TunnelPhase Phase { get; init; }

    /// <summary>When <see cref="Reported"/> last changed.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When <see cref="TunnelEvent.Elapsed"/> moves the machine. Null only in Stopped, and in Connected with a server that promised no pings.</summary>
    public required DateTimeOffset? Deadline { get; init; }

    public required uint Dice { get; init; }

    /// <summary>The number of the newest client; it is alive or starting in Connecting, Proving, Probing and Connected.</summary>
    public int Client { get; init; }

    /// <summary>Index of the exit in use or next to try.</summary>
    public int Exit { get; init; }

    /// <summary>Attempts since the tunnel was last settled.</summary>
    public int Attempt { get; init; }

    /// <summary>Failures in a row of <see cref="Exit"/>.</summary>
    public int Failures { get; init; }

    public TunnelAddress? Address { get; init; }

    public ImmutableDictionary<int, ExitNote> Notes { get; init; } = ImmutableDictionary<int, ExitNote>.Empty;

    /// <summary>When the next probe is sent, or the one under way counts as lost.</summary>
    public DateTimeOffset? ProbeAt { get; init; }

    /// <summary>Probes in a row without an answer.</summary>
    public int ProbesLost { get; init; }

    /// <summary>What had come through tun0 when it was last shown to carry.</summary>
    public LinkTraffic Traffic { get; init; }

    /// <summary>What tun0 showed last.</summary>
    public LinkTraffic Seen { get; init; }

    /// <summary>What it had shown when the last probe was sent.</summary>
    public LinkTraffic SeenAtProbe { get; init; }

    /// <summary>When this client was first proven to carry.</summary>
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>The exit is to be left, and streams are waited for; only in Connected, and in Proving on the way back there.</summary>
    public TunnelLeaving? Leaving { get; init; }

    /// <summary>tun0 as this client opened it; another number under the same name is another device.</summary>
    public int LinkIndex { get; init; }

    public DateTimeOffset LastHeard { get; init; }

    public bool WasConnected { get; init; }

    public bool Refused { get; init; }

    /// <summary>Why the tunnel is not connected: what ended the last connection or attempt; null before there was one.</summary>
    public string? Cause { get; init; }

    /// <summary>What goes on now, for people.</summary>
    public string Doing { get; init; } = "";

    /// <summary>One sentence for the report; null when connected.</summary>
    public string? Reason => Phase == TunnelPhase.Connected ? null : Cause is null ? Doing : $"{Cause}; {Doing}";

    public TunnelState Reported => Phase switch
    {
        TunnelPhase.Connected => TunnelState.Connected,
        TunnelPhase.Starting => TunnelState.Starting,
        TunnelPhase.Stopped => TunnelState.Failed,
        _ when Refused => TunnelState.Failed,
        _ => WasConnected ? TunnelState.Reconnecting : TunnelState.Connecting,
    };

    public static TunnelStatus Initial(DateTimeOffset now, uint seed, TunnelTimings timings) => new()
    {
        Phase = TunnelPhase.Starting,
        Since = now,
        Deadline = now + timings.GuardWithin,
        Dice = seed == 0 ? 1 : seed,
        Doing = "waiting for the guard",
    };
}
