using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

/// <summary>A planned change of exit waits for the streams that live, with a bound.</summary>
public sealed class DrainingTests
{
    private const string Refusal = "OpenAI does not serve this exit's region (HTTP 403)";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    [Fact]
    public void An_exit_that_is_refused_is_used_on_while_a_stream_lives_and_left_soon_after_it()
    {
        var walk = Leaving();
        var traffic = new LinkTraffic(0, 0);
        for (var i = 0; i < 40; i++)
        {
            // A slow stream: one small event in a second.
            traffic = i % 4 == 0 ? new LinkTraffic(traffic.Bytes + 120, traffic.Packets + 1) : traffic;
            Pass(walk, traffic);
            Assert.Equal((TunnelPhase.Connected, TunnelState.Connected, 0), (walk.Status.Phase, walk.Status.Reported, walk.Status.Exit));
        }

        var ended = walk.Now;
        while (walk.Status.Phase == TunnelPhase.Connected)
        {
            Pass(walk, traffic);
        }

        Assert.InRange(walk.Now - ended, StreamWait.Quiet - TimeSpan.FromSeconds(1), StreamWait.Quiet);
        AssertChanged(walk, Refusal);
    }

    [Fact]
    public void A_stream_without_end_is_waited_for_no_longer_than_the_bound()
    {
        var walk = Leaving();
        var begun = walk.Now;
        for (var traffic = new LinkTraffic(0, 0); walk.Status.Phase == TunnelPhase.Connected; traffic = new LinkTraffic(traffic.Bytes + 5000, traffic.Packets + 5))
        {
            Pass(walk, traffic);
        }

        Assert.InRange(walk.Now - begun, StreamWait.Longest, StreamWait.Longest + Look);
        AssertChanged(walk, Refusal);
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("asked")]
    [InlineData("deleted")]
    [InlineData("silent")]
    public void A_tunnel_that_is_lost_meanwhile_is_changed_at_once(string how)
    {
        var walk = Leaving();
        switch (how)
        {
            case "ended":
                walk.End("openvpn was killed");
                break;
            case "asked":
                walk.Hear(new TunnelEvent.ReconnectWanted());
                break;
            case "deleted":
                walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Gone));
                break;
            default:
                walk.LoseProbe();
                walk.LoseProbe();
                break;
        }

        AssertChanged(walk, walk.Status.Cause!);
        Assert.NotEqual(Refusal, walk.Status.Cause);
    }

    [Fact]
    public void Whoever_doubts_has_the_providers_asked_at_once_and_a_changed_mind_ends_the_leaving()
    {
        var walk = Leaving();
        walk.Hear(new TunnelEvent.ProvidersDoubted());
        Assert.Equal(new TunnelEffect.Probe(1, AskProviders: true), Assert.Single(walk.Effects));
        walk.Answer();
        Assert.Null(walk.Status.Leaving);
        walk.Wait(StreamWait.Longest);
        Assert.Equal((TunnelPhase.Connected, 0), (walk.Status.Phase, walk.Status.Exit));
    }

    [Fact]
    public void One_more_provider_that_refuses_does_not_prolong_it()
    {
        var walk = Leaving();
        var until = walk.Status.Leaving!.Streams.Until;
        walk.Wait(TimeSpan.FromSeconds(3));
        walk.Hear(new TunnelEvent.ProvidersDoubted());
        walk.Answer("two refuse");
        Assert.Equal(("two refuse", until), (walk.Status.Leaving?.Why, walk.Status.Leaving?.Streams.Until));
    }

    [Fact]
    public void A_link_that_is_put_right_meanwhile_goes_on_being_left()
    {
        var walk = Leaving();
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying with { DefaultRoute = false }));
        Assert.Equal(TunnelPhase.Proving, walk.Status.Phase);
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying));
        Assert.Equal(TunnelPhase.Connected, walk.Status.Phase);
        walk.Wait(StreamWait.Quiet);
        AssertChanged(walk, Refusal);
    }

    [Theory]
    [InlineData(1, 60, false)] // What answers a probe.
    [InlineData(6, 6 * 72, false)]
    [InlineData(0, 0, false)]
    [InlineData(1, 120, true)]
    [InlineData(40, 40 * 52, true)] // What acknowledges an upload.
    public void Only_streams_count_as_traffic(int packets, int bytes, bool flows) =>
        Assert.Equal(flows, new LinkTraffic(1000 + bytes, 10 + packets).Flows(new LinkTraffic(1000, 10)));

    /// <summary>Connected and settled at the first exit, which a provider has just begun to refuse.</summary>
    private static TunnelWalk Leaving()
    {
        var walk = TunnelWalk.Connected(null);
        walk.Hear(new TunnelEvent.ProvidersDoubted());
        walk.Answer(Refusal);
        Assert.Equal((TunnelPhase.Connected, Refusal), (walk.Status.Phase, walk.Status.Leaving?.Why));
        return walk;
    }

    // As the role does: it looks, then time has passed; a probe is answered.
    private static void Pass(TunnelWalk walk, LinkTraffic traffic)
    {
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying with { Traffic = traffic }));
        walk.Wait(Look);
        if (walk.Effects.OfType<TunnelEffect.Probe>().Any())
        {
            walk.Answer();
        }
    }

    private static void AssertChanged(TunnelWalk walk, string cause)
    {
        Assert.Equal((TunnelPhase.Connecting, 1, (TunnelLeaving?)null), (walk.Status.Phase, walk.Status.Exit, walk.Status.Leaving));
        Assert.Equal(
            [new TunnelEffect.TakeLinkDown(), new TunnelEffect.StopClient(1), new TunnelEffect.PrepareLink(2), new TunnelEffect.StartClient(2, 1)],
            walk.Effects);
        Assert.StartsWith(cause, walk.Status.Reason, StringComparison.Ordinal);
        Assert.Equal(Refusal, walk.Status.Notes[0].Why);
        Assert.True(walk.Status.Notes[0].IsAvoided(walk.Now + TimeSpan.FromMinutes(9)));
    }
}
