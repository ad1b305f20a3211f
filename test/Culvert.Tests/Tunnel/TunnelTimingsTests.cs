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

    private static TimeSpan? Seconds(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
}
