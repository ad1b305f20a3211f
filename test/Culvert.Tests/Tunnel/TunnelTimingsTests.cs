using CsCheck;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

public sealed class TunnelTimingsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(1, 6)]
    [InlineData(2, 6)]
    [InlineData(3, 8)]
    [InlineData(10, 22)]
    public void Silence_is_two_pings_and_two_seconds_but_never_under_six(int? ping, int? limit) =>
        Assert.Equal(Seconds(limit), TunnelTimings.Default.SilenceLimit(Seconds(ping)));

    [Fact]
    public void A_lost_ping_never_counts_as_silence() => Gen.Int[1, 3600].Sample(ping =>
        TunnelTimings.Default.SilenceLimit(TimeSpan.FromSeconds(ping)) > TimeSpan.FromSeconds(2 * ping));

    /// <summary>After loss the next try of a handshake may be many seconds away, when the network has long been well.</summary>
    [Fact]
    public void A_handshake_that_stalls_is_begun_anew_three_times_and_then_waited_for()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            walk.Hear(new TunnelEvent.ClientMoved(attempt, "logging in", Awaits: false) { ShakesHands = true });
            Assert.Equal(walk.Now + TunnelTimings.Default.HandshakeWithin, walk.Status.Deadline);
            walk.WaitOut();
            walk.WaitOut();
        }

        walk.Hear(new TunnelEvent.ClientMoved(4, "logging in", Awaits: false) { ShakesHands = true });
        Assert.Equal(walk.Now + TunnelTimings.Default.ConnectWithin, walk.Status.Deadline);
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
}
