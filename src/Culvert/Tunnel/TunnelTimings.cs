namespace Culvert.Tunnel;

/// <summary>How long the tunnel's machine waits for what.</summary>
internal sealed record TunnelTimings
{
    public static readonly TunnelTimings Default = new();

    /// <summary>hold needs well under a second; after this the report says what the role still waits for.</summary>
    public TimeSpan GuardWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For the first byte from the server. A dead exit costs this much, so it is short; a SYN is sent at 0, 1 and 3 s.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For the handshake once the server answers. What was lost of it is sent again after longer and longer, so whoever waits on may wait long after the
    /// network is well: whoever begins anew does not.
    /// </summary>
    public TimeSpan HandshakeWithin { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>After so many attempts the network may just be slow, and a handshake gets <see cref="ConnectWithin"/>.</summary>
    public int HastyAttempts { get; init; } = 3;

    /// <summary>For the login once the server answers: it may have to ask somebody.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For the kernel to show tun0 as it was asked for.</summary>
    public TimeSpan ProveWithin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For the first answer through a tunnel that has just come up.</summary>
    public TimeSpan ProbeWithin { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Between two probes of a tunnel that shows no traffic, at most; up to a fifth less by chance.</summary>
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>After a probe that was lost.</summary>
    public TimeSpan ProbeAgain { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A probe that is not told of by then counts as lost.</summary>
    public TimeSpan ProbeOverdue { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>So many probes in a row without an answer, and the tunnel carries nothing.</summary>
    public int ProbesLost { get; init; } = 2;

    /// <summary>How long an exit that does not work is tried last.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an exit that a provider refuses is tried last, and how long a provider's answer is remembered.</summary>
    public TimeSpan ProviderMemory { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The same where one of them did not answer: it may have refused.</summary>
    public TimeSpan UnansweredMemory { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A connection that lasted this long was good: its loss is retried at once and counts from zero.</summary>
    public TimeSpan SettledAfter { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two attempts, at most. Short, because an attempt waits for <see cref="AnswerWithin"/> itself, and calls are to work within 5 s after the network does.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// After a server that refused the login, or a client without one, at most: what they think of it does not change by asking often, but calls are to
    /// work within 5 s after it has changed, of which an attempt takes one or two.
    /// </summary>
    public TimeSpan RefusedDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>So many failures in a row, and the next exit is tried.</summary>
    public int FailuresPerExit { get; init; } = 2;

    /// <summary>Never call a server silent sooner than this.</summary>
    public TimeSpan ShortestSilence { get; init; } = TimeSpan.FromSeconds(6);

    public TimeSpan Within(bool shakesHands, int attempt) => shakesHands && attempt <= HastyAttempts ? HandshakeWithin : ConnectWithin;

    /// <summary>
    /// Two promised pings may be lost or late before the server counts as silent; null where it promised none,
    /// because an idle tunnel then looks like a dead one.
    /// </summary>
    public TimeSpan? SilenceLimit(TimeSpan? serverPing) => serverPing switch
    {
        null => null,
        { } ping when (ping * 2) + TimeSpan.FromSeconds(2) > ShortestSilence => (ping * 2) + TimeSpan.FromSeconds(2),
        _ => ShortestSilence,
    };
}
