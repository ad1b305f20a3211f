using Culvert.Stack;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

public sealed class TunnelMachineTests
{
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(2);

    [Fact]
    public void Nothing_starts_before_the_guard_stands()
    {
        var walk = new TunnelWalk();
        walk.Wait(TimeSpan.FromHours(1));
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying));
        walk.Hear(new TunnelEvent.ReconnectWanted());
        walk.Hear(new TunnelEvent.ClientConnected(0, new TunnelAddress(TunnelWalk.Inside, 1500, null)));
        Assert.Equal(TunnelPhase.Starting, walk.Status.Phase);
        Assert.Empty(walk.Effects);
        Assert.Equal("waiting for the guard", walk.Status.Reason);
    }

    [Fact]
    public void The_guard_standing_starts_the_first_client_on_the_first_exit_with_the_link_down()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        Assert.Equal(TunnelPhase.Connecting, walk.Status.Phase);
        Assert.Equal([new TunnelEffect.TakeLinkDown(), new TunnelEffect.PrepareLink(1), new TunnelEffect.StartClient(1, 0)], walk.Effects);
        Assert.Equal(walk.Now + TunnelTimings.Default.AnswerWithin, walk.Status.Deadline);
    }

    [Fact]
    public void A_client_that_says_connected_is_believed_when_the_kernel_shows_it()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Hear(new TunnelEvent.ClientConnected(1, new TunnelAddress(TunnelWalk.Inside, 1400, Ping)));
        Assert.Equal(TunnelPhase.Proving, walk.Status.Phase);
        Assert.Equal([new TunnelEffect.BringLinkUp(1, TunnelWalk.Inside, 1400)], walk.Effects);
        Assert.NotEqual(TunnelState.Connected, walk.Status.Reported);
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying with { DefaultRoute = false }));
        Assert.Equal(TunnelPhase.Proving, walk.Status.Phase);
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying));
        Assert.Equal(TunnelPhase.Probing, walk.Status.Phase);
        Assert.Equal([new TunnelEffect.Probe(1, AskProviders: true)], walk.Effects);
        walk.Answer();
        Assert.Equal(TunnelState.Connected, walk.Status.Reported);
        Assert.Null(walk.Status.Reason);
    }

    [Theory]
    [InlineData(false, "10.8.0.2", true)]
    [InlineData(true, "10.8.0.3", true)]
    [InlineData(true, null, true)]
    [InlineData(true, "10.8.0.2", false)]
    public void A_link_that_is_not_as_asked_for_proves_nothing(bool running, string? address, bool routed)
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Connect(Ping);
        walk.Hear(new TunnelEvent.LinkSeen(new LinkSnapshot(7, running, address is null ? null : System.Net.IPAddress.Parse(address), routed, CarrierRouteMissing: false)));
        Assert.Equal(TunnelPhase.Proving, walk.Status.Phase);
        walk.WaitOut();
        Assert.Equal(TunnelPhase.Waiting, walk.Status.Phase);
        Assert.Contains("tun0 did not come up", walk.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exit_that_does_not_answer_is_given_up_at_the_deadline_and_after_two_failures_for_the_next()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Hear(new TunnelEvent.ClientMoved(1, "waiting for the server to answer", Awaits: true));
        walk.Wait(TunnelTimings.Default.AnswerWithin - TimeSpan.FromMilliseconds(1));
        Assert.Equal(TunnelPhase.Connecting, walk.Status.Phase);
        walk.WaitOut();
        Assert.Equal((TunnelPhase.Waiting, 0), (walk.Status.Phase, walk.Status.Exit));
        Assert.Equal([new TunnelEffect.TakeLinkDown(), new TunnelEffect.StopClient(1)], walk.Effects);
        walk.WaitOut();
        Assert.Contains(new TunnelEffect.StartClient(2, 0), walk.Effects);
        walk.End();
        walk.WaitOut();
        Assert.Contains(new TunnelEffect.StartClient(3, 1), walk.Effects);
        walk.End();
        walk.WaitOut();
        walk.End();
        walk.WaitOut();
        Assert.Contains(new TunnelEffect.StartClient(5, 0), walk.Effects);
    }

    [Fact]
    public void A_server_that_answers_gets_longer_to_let_the_client_in()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Hear(new TunnelEvent.ClientMoved(1, "logging in", Awaits: false));
        Assert.Equal(walk.Now + TunnelTimings.Default.ConnectWithin, walk.Status.Deadline);
        walk.WaitOut();
        Assert.Equal("gave up logging in; waiting to try again", walk.Status.Reason);
    }

    [Fact]
    public void Delays_double_to_the_longest_and_a_refusal_waits_longer_at_once()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            walk.End();
            delays.Add(walk.Status.Deadline!.Value - walk.Now);
            walk.WaitOut();
        }

        Assert.All(delays, (delay, i) => Assert.InRange(delay, Full(i) / 2, Full(i)));
        var fresh = new TunnelWalk();
        fresh.Hear(new TunnelEvent.GuardStands());
        fresh.End(refused: true);
        Assert.InRange(fresh.Status.Deadline!.Value - fresh.Now, TunnelTimings.Default.RefusedDelay / 2, TunnelTimings.Default.RefusedDelay);

        static TimeSpan Full(int i) => TimeSpan.FromTicks(Math.Min((TunnelTimings.Default.FirstDelay * Math.Pow(2, i)).Ticks, TunnelTimings.Default.LongestDelay.Ticks));
    }

    [Fact]
    public void A_refusal_is_reported_as_failed_from_that_moment()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Wait(TimeSpan.FromSeconds(1));
        walk.End("the server refused the login", refused: true);
        Assert.Equal((TunnelState.Failed, walk.Now), (walk.Status.Reported, walk.Status.Since));
        walk.WaitOut();
        Assert.Equal(TunnelState.Failed, walk.Status.Reported);
        Assert.StartsWith("the server refused the login; ", walk.Status.Reason, StringComparison.Ordinal);
        walk.Connect(Ping);
        Assert.Equal((TunnelState.Connected, walk.Now), (walk.Status.Reported, walk.Status.Since));
    }

    [Fact]
    public void A_lost_tunnel_that_was_settled_is_made_again_at_once()
    {
        var walk = TunnelWalk.Connected(null);
        walk.Wait(TunnelTimings.Default.SettledAfter);
        walk.End("the connection was reset");
        Assert.Equal((TunnelPhase.Connecting, 1), (walk.Status.Phase, walk.Status.Attempt));
        Assert.Equal(
            [new TunnelEffect.TakeLinkDown(), new TunnelEffect.StopClient(1), new TunnelEffect.PrepareLink(2), new TunnelEffect.StartClient(2, 0)],
            walk.Effects);
        Assert.Equal((TunnelState.Reconnecting, walk.Now), (walk.Status.Reported, walk.Status.Since));
    }

    [Fact]
    public void A_tunnel_lost_young_is_waited_for_so_that_a_flapping_exit_is_left()
    {
        var walk = TunnelWalk.Connected(null);
        walk.Wait(TunnelTimings.Default.SettledAfter - TimeSpan.FromMilliseconds(1));
        walk.End();
        Assert.Equal(TunnelPhase.Waiting, walk.Status.Phase);
        walk.WaitOut();
        walk.Connect(null);
        walk.End();
        Assert.Equal(1, walk.Status.Exit);
    }

    [Fact]
    public void A_silent_server_is_given_up_after_its_promised_pings_and_every_byte_counts_from_anew()
    {
        var walk = TunnelWalk.Connected(Ping);
        var limit = TunnelTimings.Default.SilenceLimit(Ping)!.Value;
        walk.Wait(limit - TimeSpan.FromMilliseconds(1));
        Assert.Equal(new TunnelEffect.Probe(1, AskProviders: false), Assert.Single(walk.Effects));
        walk.Hear(new TunnelEvent.ServerHeard(1));
        Assert.Equal(walk.Now + limit, walk.Status.Deadline);
        walk.Wait(limit - TimeSpan.FromMilliseconds(1));
        Assert.Equal(TunnelPhase.Connected, walk.Status.Phase);
        walk.WaitOut();
        Assert.Equal(TunnelPhase.Connecting, walk.Status.Phase);
        Assert.StartsWith("nothing came from the server for 6 s; ", walk.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_pings_may_be_silent()
    {
        var walk = TunnelWalk.Connected(null);
        walk.Wait(TimeSpan.FromDays(1));
        Assert.Equal((TunnelPhase.Connected, (DateTimeOffset?)null), (walk.Status.Phase, walk.Status.Deadline));
    }

    [Fact]
    public void A_changed_link_is_put_right_without_a_new_client()
    {
        var walk = TunnelWalk.Connected(Ping);
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying with { DefaultRoute = false }));
        Assert.Equal(TunnelPhase.Proving, walk.Status.Phase);
        Assert.Equal([new TunnelEffect.BringLinkUp(1, TunnelWalk.Inside, 1500)], walk.Effects);
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying));
        Assert.Equal((TunnelPhase.Connected, 1), (walk.Status.Phase, walk.Status.Client));
    }

    [Fact]
    public void A_deleted_tun0_takes_a_new_client_even_when_another_has_its_name()
    {
        var walk = TunnelWalk.Connected(Ping);
        walk.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Carrying with { Index = 8 }));
        Assert.Contains(new TunnelEffect.StopClient(1), walk.Effects);
        var other = TunnelWalk.Connected(Ping);
        other.Hear(new TunnelEvent.LinkSeen(TunnelWalk.Gone));
        Assert.Contains(new TunnelEffect.StopClient(1), other.Effects);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_missing_carrier_route_is_put_back_in_every_room_after_the_start(bool connected)
    {
        var walk = connected ? TunnelWalk.Connected(Ping) : new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Hear(new TunnelEvent.LinkSeen((connected ? TunnelWalk.Carrying : TunnelWalk.Down) with { CarrierRouteMissing = true }));
        Assert.Equal(new TunnelEffect.RestoreCarrierRoutes(), Assert.Single(walk.Effects));
    }

    [Fact]
    public void What_a_client_says_that_was_given_up_is_not_heard()
    {
        var walk = TunnelWalk.Connected(Ping);
        walk.Hear(new TunnelEvent.ReconnectWanted());
        var before = walk.Status;
        walk.Hear(new TunnelEvent.ClientEnded(1, "killed", Refused: true));
        walk.Hear(new TunnelEvent.ServerHeard(1));
        walk.Hear(new TunnelEvent.ClientConnected(1, new TunnelAddress(TunnelWalk.Inside, 1500, null)));
        Assert.Equal(before, walk.Status);
        Assert.Equal((TunnelPhase.Connecting, 2), (walk.Status.Phase, walk.Status.Client));
    }

    [Fact]
    public void A_wanted_reconnect_takes_the_link_down_first()
    {
        var walk = TunnelWalk.Connected(Ping);
        walk.Hear(new TunnelEvent.ReconnectWanted());
        Assert.Equal(new TunnelEffect.TakeLinkDown(), walk.Effects[0]);
        Assert.Equal("reconnecting as asked; starting the client", walk.Status.Reason);
    }

    [Fact]
    public void Stopped_is_reached_from_everywhere_and_never_left()
    {
        var walk = TunnelWalk.Connected(Ping);
        walk.Hear(new TunnelEvent.StopWanted());
        Assert.Equal([new TunnelEffect.TakeLinkDown(), new TunnelEffect.StopClient(1)], walk.Effects);
        Assert.Equal((TunnelPhase.Stopped, TunnelState.Failed), (walk.Status.Phase, walk.Status.Reported));
        walk.Hear(new TunnelEvent.ReconnectWanted());
        walk.Hear(new TunnelEvent.GuardStands());
        Assert.Equal(TunnelPhase.Stopped, walk.Status.Phase);
        Assert.Empty(walk.Effects);
    }

    [Fact]
    public void What_every_exit_would_end_with_counts_against_none()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        for (var time = 0; time < 10; time++)
        {
            walk.Hear(new TunnelEvent.ClientEnded(walk.Status.Client, "not logged in", Refused: true) { SameEverywhere = true });
            Assert.Equal((TunnelState.Failed, 0, "not logged in; waiting to try again"), (walk.Status.Reported, walk.Status.Exit, walk.Status.Reason));
            Assert.InRange(walk.Status.Deadline!.Value - walk.Now, TunnelTimings.Default.RefusedDelay / 2, TunnelTimings.Default.RefusedDelay);
            walk.WaitOut();
        }

        Assert.Empty(walk.Status.Notes);
    }

    [Fact]
    public void An_exit_that_is_to_come_later_is_left_at_once()
    {
        var walk = new TunnelWalk();
        walk.Hear(new TunnelEvent.GuardStands());
        walk.Hear(new TunnelEvent.ClientEnded(walk.Status.Client, "real ones first", Refused: false) { LeaveFor = TimeSpan.FromMinutes(10) });
        Assert.Equal((1, "real ones first"), (walk.Status.Exit, walk.Status.Notes[0].Why));
    }

    [Fact]
    public void A_client_that_makes_tun0_itself_is_waited_for_without_one()
    {
        var machine = new TunnelMachine(TunnelTimings.Default, 2, clientMakesLink: true);
        var status = machine.Step(TunnelStatus.Initial(DateTimeOffset.UnixEpoch, 1, TunnelTimings.Default), new TunnelEvent.GuardStands(), DateTimeOffset.UnixEpoch).Status;
        Assert.Equal(TunnelPhase.Connecting, machine.Step(status, new TunnelEvent.LinkSeen(TunnelWalk.Gone), DateTimeOffset.UnixEpoch).Status.Phase);
        var proving = machine.Step(status, new TunnelEvent.ClientConnected(status.Client, new TunnelAddress(TunnelWalk.Inside, 1500, null)), DateTimeOffset.UnixEpoch).Status;
        Assert.Equal(TunnelPhase.Waiting, machine.Step(proving, new TunnelEvent.LinkSeen(TunnelWalk.Gone), DateTimeOffset.UnixEpoch).Status.Phase);
    }
}
