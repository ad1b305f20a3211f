using System.Collections.Immutable;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

/// <summary>Health by what counts: the machine's side of it.</summary>
public sealed class DataPathTests
{
    private const string Refusal = "OpenAI does not serve this exit's region (HTTP 403)";
    private static readonly LinkTraffic Data = new(50_000, 50);

    [Fact]
    public void A_tunnel_that_is_connected_and_carries_nothing_is_left_within_fifteen_seconds()
    {
        var walk = TunnelWalk.Connected(null);
        walk.Wait(TunnelTimings.Default.SettledAfter);
        walk.Answer();
        var begun = walk.Now;
        // As the role does: looks four times a second; a probe that nothing answers is told of after 2.5 s.
        var probed = (DateTimeOffset?)null;
        while (walk.Status.Phase == TunnelPhase.Connected)
        {
            walk.Wait(TimeSpan.FromMilliseconds(250));
            probed = walk.Effects.OfType<TunnelEffect.Probe>().Any() ? walk.Now : probed;
            if (walk.Now - probed >= TimeSpan.FromSeconds(2.5))
            {
                probed = null;
                walk.LoseProbe();
            }
        }

        Assert.InRange(walk.Now - begun, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(11));
        Assert.Equal((TunnelPhase.Waiting, 1), (walk.Status.Phase, walk.Status.Exit));
        Assert.InRange(walk.Status.Deadline!.Value - walk.Now, TimeSpan.Zero, TunnelTimings.Default.FirstDelay);
        Assert.StartsWith("the client says connected, but nothing answers through the tunnel", walk.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_that_is_never_told_of_is_sent_again()
    {
        var walk = TunnelWalk.Connected(null);
        walk.WaitForProbe();
        walk.Wait(TunnelTimings.Default.ProbeOverdue);
        Assert.Single(walk.Effects.OfType<TunnelEffect.Probe>());
    }

    [Fact]
    public void One_lost_probe_is_forgiven()
    {
        var walk = TunnelWalk.Connected(null);
        for (var i = 0; i < 20; i++)
        {
            walk.WaitForProbe();
            walk.LoseProbe();
            walk.WaitForProbe();
            walk.Answer();
            Assert.Equal(TunnelPhase.Connected, walk.Status.Phase);
        }
    }

    [Fact]
    public void Traffic_makes_probes_unnecessary_and_saves_a_tunnel_whose_probes_are_lost()
    {
        var walk = TunnelWalk.Connected(null);
        for (var i = 1; i <= 50; i++)
        {
            walk.Wait(TimeSpan.FromSeconds(3));
            Assert.Empty(walk.Effects);
            walk.LoseProbe();
            walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying with { Traffic = new LinkTraffic(Data.Bytes * i, Data.Packets * i) }));
            Assert.Equal(TunnelPhase.Connected, walk.Status.Phase);
        }
    }

    /// <summary>
    /// 1,200 uploads: bare acknowledgements come back, and every probe is lost in the queues on the way. Seven packets a probe are ICMP errors; as many as
    /// there are attempts are an exit's resets or errors for each of them.
    /// </summary>
    [Theory]
    [InlineData(400, 1300, true)]
    [InlineData(7, 1300, false)]
    [InlineData(400, 60, false)]
    [InlineData(0, 1300, false)]
    public void Lost_probes_say_nothing_of_the_exit_while_uploads_are_acknowledged(int packets, int sentBytesPerPacket, bool stays)
    {
        var walk = TunnelWalk.Connected(null);
        for (var i = 1; i <= 10 && walk.Status.Phase == TunnelPhase.Connected; i++)
        {
            walk.WaitForProbe();
            walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying with { Traffic = new LinkTraffic(52 * packets * i, packets * i, new LinkSent(sentBytesPerPacket * 400 * i, 400 * i)) }));
            walk.LoseProbe();
        }

        Assert.Equal(stays ? TunnelPhase.Connected : TunnelPhase.Waiting, walk.Status.Phase);
    }

    [Fact]
    public void Uploads_that_end_with_their_exit_do_not_hide_that_it_is_gone()
    {
        var walk = TunnelWalk.Connected(null);
        var acknowledged = TunnelWalk.Carrying with { Traffic = new LinkTraffic(52 * 400, 400, new LinkSent(1300 * 400, 400)) };
        walk.WaitForProbe();
        walk.Hear(new TunnelEvent.LinkSeen(acknowledged));
        walk.LoseProbe();
        for (var lost = 1; lost <= TunnelTimings.Default.ProbesLost; lost++)
        {
            Assert.Equal(TunnelPhase.Connected, walk.Status.Phase);
            walk.WaitForProbe();
            walk.Hear(new TunnelEvent.LinkSeen(acknowledged));
            walk.LoseProbe();
        }

        Assert.Equal(TunnelPhase.Waiting, walk.Status.Phase);
    }

    [Theory]
    [InlineData(4096, 4, true)]
    [InlineData(4095, 4, false)]
    [InlineData(88_000, 1000, false)]
    [InlineData(0, 0, false)]
    public void Errors_and_bare_acknowledgements_are_no_traffic(long bytes, long packets, bool data) =>
        Assert.Equal(data, new LinkTraffic(1000 + bytes, 10 + packets).ShowsData(new LinkTraffic(1000, 10)));

    [Theory]
    [InlineData(40, 40 * 576, 40, false)] // An exit without a way out, asked for something large.
    [InlineData(40, 40 * 88, 40, false)]
    [InlineData(48, (40 * 576) + (8 * 600), 40, true)]
    [InlineData(8, 8 * 600, -40, true)] // Errors that were sent to others.
    public void An_error_is_no_traffic_however_much_it_quotes(long packets, long bytes, long errors, bool data)
    {
        var earlier = new LinkTraffic(1000, 10, default, 5);
        Assert.Equal(data, new LinkTraffic(1000 + bytes, 10 + packets, default, 5 + errors).ShowsData(earlier));
        Assert.Equal(data, new LinkTraffic(1000 + bytes, 10 + packets, default, 5 + errors).Flows(earlier));
    }

    [Fact]
    public void Errors_in_answer_to_what_is_sent_are_no_uploads()
    {
        var sent = new LinkSent(1200 * 40, 40);
        Assert.True(new LinkTraffic(40 * 52, 40, sent).IsBusy(default));
        Assert.False(new LinkTraffic(40 * 576, 40, sent, 40).IsBusy(default));
    }

    [Fact]
    public void Errors_that_the_namespace_sent_to_itself_are_not_counted()
    {
        string[] list =
        [
            "  tun0:  50000     50    0    0    0     0          0         0   1     2    0    0    0     0       0          0",
            "Icmp: InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds OutMsgs OutDestUnreachs OutTimeExcds",
            "Icmp: 7070 0 0 7068 5 7064 7060 1",
        ];
        Assert.Equal(12, LinkTraffic.Parse(list, "tun0").Errors);
        Assert.Equal(0, LinkTraffic.Parse(list[..2], "tun0").Errors);
    }

    [Fact]
    public void Traffic_is_read_from_the_kernels_list()
    {
        string[] list =
        [
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo:  123456     789    0    0    0     0          0         0   123456     789    0    0    0     0       0          0",
            "  tun0:  50000     50    0    0    0     0          0         0   1     2    0    0    0     0       0          0",
        ];
        Assert.Equal(Data with { Sent = new LinkSent(1, 2) }, LinkTraffic.Parse(list, "tun0"));
        Assert.Equal(default, LinkTraffic.Parse(list, "tun1"));
        Assert.Equal(default, LinkTraffic.Parse(["tun0: x y"], "tun0"));
    }

    [Fact]
    public void A_tunnel_that_never_answers_is_left_for_the_next_at_its_deadline()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Hear(new TunnelEvent.ClientConnected(1, new TunnelAddress(TunnelWalk.Inside, 1500, null)));
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying));
        walk.LoseProbe();
        walk.Wait(TunnelTimings.Default.ProbeAgain);
        Assert.Single(walk.Effects.OfType<TunnelEffect.Probe>());
        walk.WaitOut();
        Assert.Equal((TunnelPhase.Waiting, 1), (walk.Status.Phase, walk.Status.Exit));
        Assert.NotEqual(TunnelState.Connected, walk.Status.Reported);
    }

    [Fact]
    public void An_exit_that_a_provider_refuses_is_left_and_remembered()
    {
        var walk = ConnectedButRefused(exits: 2);
        Assert.Equal((TunnelPhase.Waiting, 1), (walk.Status.Phase, walk.Status.Exit));
        walk.WaitOut();
        walk.Connect(null);
        Assert.Equal((TunnelPhase.Connected, 1), (walk.Status.Phase, walk.Status.Exit));
        Assert.Equal(Refusal, walk.Status.Notes[0].Why);
        Assert.True(walk.Status.Notes[0].IsAvoided(walk.Now + TimeSpan.FromMinutes(9)));
        Assert.False(walk.Status.Notes[0].IsAvoided(walk.Now + TimeSpan.FromMinutes(11)));
    }

    [Fact]
    public void An_only_exit_is_used_although_a_provider_refuses_it()
    {
        var walk = ConnectedButRefused(exits: 1);
        Assert.Equal((TunnelPhase.Connected, Refusal), (walk.Status.Phase, walk.Status.Notes[0].Why));
    }

    [Fact]
    public void A_refused_exit_is_taken_again_when_the_others_are_dead_and_kept_then()
    {
        var walk = ConnectedButRefused(exits: 2);
        walk.WaitOut();
        walk.End();
        walk.WaitOut();
        walk.End();
        walk.WaitOut();
        Assert.Equal(0, walk.Status.Exit);
        walk.Connect(null);
        Assert.Equal(TunnelPhase.Connected, walk.Status.Phase);
        // Long after, the other is worth a try; but for the refusal that is known, a tunnel that carries is not left.
        walk.Wait(TunnelTimings.Default.ProviderMemory);
        Assert.Equal(new TunnelEffect.Probe(walk.Status.Client, AskProviders: true), Assert.Single(walk.Effects));
        walk.Answer(Refusal);
        Assert.Equal(TunnelPhase.Connected, walk.Status.Phase);
    }

    [Fact]
    public void A_provider_that_starts_to_refuse_is_noticed()
    {
        var walk = TunnelWalk.Connected(null);
        walk.WaitForProbe();
        Assert.Equal(new TunnelEffect.Probe(1, AskProviders: false), Assert.Single(walk.Effects));
        walk.Answer();
        walk.Wait(TunnelTimings.Default.ProviderMemory);
        walk.Answer(Refusal);
        Assert.Equal((TunnelPhase.Connected, Refusal), (walk.Status.Phase, walk.Status.Leaving?.Why));
    }

    [Fact]
    public void A_provider_that_said_nothing_is_asked_again_soon()
    {
        var walk = TunnelWalk.Connected(null);
        walk.Hear(new TunnelEvent.ProvidersDoubted());
        walk.Hear(new TunnelEvent.Probed(walk.Status.Client, Answered: true, null, Asked: true) { Unanswered = true });
        walk.WaitForProbe();
        Assert.Equal(new TunnelEffect.Probe(1, AskProviders: false), Assert.Single(walk.Effects));
        walk.Answer();
        walk.Wait(TunnelTimings.Default.UnansweredMemory);
        Assert.Equal(new TunnelEffect.Probe(1, AskProviders: true), Assert.Single(walk.Effects));
    }

    [Fact]
    public void Of_three_exits_the_refused_and_the_dead_one_are_passed_over()
    {
        var walk = new TunnelWalk(exits: 3);
        walk.Hear(new TunnelEvent.GuardStands());
        walk.End();
        walk.WaitOut();
        walk.End();
        walk.WaitOut();
        Assert.Equal(1, walk.Status.Exit);
        walk.Hear(new TunnelEvent.ClientConnected(walk.Status.Client, new TunnelAddress(TunnelWalk.Inside, 1500, null)));
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying));
        walk.Answer(Refusal);
        walk.WaitOut();
        walk.Connect(null);
        Assert.Equal((TunnelPhase.Connected, 2), (walk.Status.Phase, walk.Status.Exit));
    }

    [Fact]
    public void The_choice_goes_by_the_order_of_the_locations()
    {
        var now = DateTimeOffset.UnixEpoch;
        var later = now + TimeSpan.FromMinutes(1);
        var notes = ImmutableDictionary<int, ExitNote>.Empty.SetItem(0, new ExitNote(later, "dead", null, Carries: false));
        Assert.Equal(2, ExitChoice.Next(notes, 3, 1, now));
        Assert.Equal(0, ExitChoice.Next(notes, 3, 1, later));
        Assert.Equal(0, ExitChoice.Next(notes.SetItem(0, notes[0] with { Carries = true }).SetItem(1, new ExitNote(now, "dead", null, Carries: false)), 2, 1, now));
        Assert.Null(ExitChoice.Better(notes, 2, 1, now));
        Assert.Equal(0, ExitChoice.Next(ImmutableDictionary<int, ExitNote>.Empty, 1, 0, now));
    }

    private static TunnelWalk ConnectedButRefused(int exits)
    {
        var walk = new TunnelWalk(exits);
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Hear(new TunnelEvent.ClientConnected(1, new TunnelAddress(TunnelWalk.Inside, 1500, null)));
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying));
        walk.Answer(Refusal);
        return walk;
    }
}
