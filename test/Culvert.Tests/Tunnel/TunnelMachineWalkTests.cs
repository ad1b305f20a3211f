using CsCheck;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

/// <summary>Random walks: whatever happens in whatever order, the machine keeps its promises.</summary>
public sealed class TunnelMachineWalkTests
{
    private static readonly Gen<LinkSnapshot> Links = Gen.OneOf(
        TunnelWalk.Carrying, TunnelWalk.Carrying, TunnelWalk.Down, TunnelWalk.Gone,
        TunnelWalk.Carrying with { Index = 9 }, TunnelWalk.Carrying with { DefaultRoute = false, CarrierRouteMissing = true });

    // The client's number is relative to the newest: 0 is the newest, 1 the one before it.
    private static readonly Gen<Func<int, TunnelEvent>> Events = Gen.Frequency(
        (6, Links.Select<LinkSnapshot, Func<int, TunnelEvent>>(link => _ => new TunnelEvent.LinkSeen(link))),
        (6, Gen.Const<Func<int, TunnelEvent>>(_ => new TunnelEvent.Elapsed())),
        (3, Gen.Int[0, 1].Select<int, Func<int, TunnelEvent>>(old => client => new TunnelEvent.ClientConnected(client - old, new TunnelAddress(TunnelWalk.Inside, 1500, null)))),
        (2, Gen.Int[0, 1].Select<int, Func<int, TunnelEvent>>(old => client => new TunnelEvent.ClientConnected(client - old, new TunnelAddress(TunnelWalk.Inside, 1500, TimeSpan.FromSeconds(old + 1))))),
        (2, Gen.Select(Gen.Bool, Gen.Bool).Select<(bool Awaits, bool Shakes), Func<int, TunnelEvent>>(e => client => new TunnelEvent.ClientMoved(client, "moving", e.Awaits) { ShakesHands = e.Shakes })),
        (2, Gen.Int[0, 1].Select<int, Func<int, TunnelEvent>>(old => client => new TunnelEvent.ServerHeard(client - old))),
        (2, Gen.Select(Gen.Int[0, 1], Gen.Bool).Select<(int Old, bool Refused), Func<int, TunnelEvent>>(e => client => new TunnelEvent.ClientEnded(client - e.Old, "ended", e.Refused))),
        (5, Gen.Select(Gen.Int[0, 1], Gen.Bool, Gen.Bool, Gen.Bool).Select<(int Old, bool Answered, bool Asked, bool Refused), Func<int, TunnelEvent>>(e => client =>
            new TunnelEvent.Probed(client - e.Old, e.Answered, e is { Answered: true, Asked: true, Refused: true } ? "somebody refuses" : null, e.Answered && e.Asked))),
        (1, Gen.Const<Func<int, TunnelEvent>>(_ => new TunnelEvent.ReconnectWanted())),
        (1, Gen.Const<Func<int, TunnelEvent>>(_ => new TunnelEvent.ProvidersDoubted())),
        (1, Gen.Const<Func<int, TunnelEvent>>(_ => new TunnelEvent.GuardStands())));

    private static readonly Gen<(Func<int, TunnelEvent> Event, int Milliseconds)[]> Walks =
        Gen.Select(Events, Gen.OneOf(Gen.Const(0), Gen.Int[0, 300], Gen.Int[0, 30_000])).Array[0, 60];

    private static readonly Gen<(int Exits, uint Seed)> Starts = Gen.Select(Gen.Int[1, 3], Gen.UInt);

    [Fact]
    public void The_link_is_up_only_for_the_newest_client_that_connected_and_every_room_has_its_deadline() =>
        Gen.Select(Starts, Walks).Sample((start, walk) =>
        {
            var world = new World();
            var machine = new TunnelMachine(TunnelTimings.Default, start.Exits);
            var now = DateTimeOffset.UnixEpoch;
            var status = TunnelStatus.Initial(now, start.Seed, TunnelTimings.Default);
            foreach (var (happened, milliseconds) in walk)
            {
                now += TimeSpan.FromMilliseconds(milliseconds);
                var told = happened(status.Client);
                var step = machine.Step(status, told, now);
                world.Hear(told);
                foreach (var effect in step.Effects)
                {
                    world.Do(effect, start.Exits);
                }

                status = step.Status;
                world.Check(status);
                Assert.True(
                    status.Deadline is not null || (status.Phase == TunnelPhase.Connected && status.Address!.ServerPing is null && status.ProbeAt is not null),
                    $"{status.Phase} has no deadline");
                Assert.InRange(status.Exit, 0, start.Exits - 1);
            }
        });

    [Fact]
    public void After_any_walk_a_world_that_works_leads_to_connected() => Gen.Select(Starts, Walks).Sample((start, walk) =>
    {
        var machine = new TunnelMachine(TunnelTimings.Default, start.Exits);
        var now = DateTimeOffset.UnixEpoch;
        var status = TunnelStatus.Initial(now, start.Seed, TunnelTimings.Default);
        foreach (var (happened, milliseconds) in walk)
        {
            now += TimeSpan.FromMilliseconds(milliseconds);
            status = machine.Step(status, happened(status.Client), now).Status;
        }

        // Now the guard stands, clients connect at once and the kernel does what it is told.
        status = machine.Step(status, new TunnelEvent.GuardStands(), now).Status;
        var until = now + TunnelTimings.Default.ConnectWithin + TunnelTimings.Default.RefusedDelay + TimeSpan.FromSeconds(10);
        while (now < until)
        {
            now += TimeSpan.FromMilliseconds(250);
            status = machine.Step(status, new TunnelEvent.ServerHeard(status.Client), now).Status;
            status = machine.Step(status, new TunnelEvent.Elapsed(), now).Status;
            status = machine.Step(status, new TunnelEvent.ClientConnected(status.Client, new TunnelAddress(TunnelWalk.Inside, 1500, TimeSpan.FromSeconds(1))), now).Status;
            status = machine.Step(status, new TunnelEvent.LinkSeen(TunnelWalk.Carrying), now).Status;
            status = machine.Step(status, new TunnelEvent.Probed(status.Client, Answered: true, null, Asked: true), now).Status;
        }

        Assert.Equal(TunnelPhase.Connected, status.Phase);
    });

    [Fact]
    public void After_any_walk_a_world_that_does_not_work_is_tried_again_within_the_longest_waits() => Gen.Select(Starts, Walks).Sample((start, walk) =>
    {
        var machine = new TunnelMachine(TunnelTimings.Default, start.Exits);
        var now = DateTimeOffset.UnixEpoch;
        var status = machine.Step(TunnelStatus.Initial(now, start.Seed, TunnelTimings.Default), new TunnelEvent.GuardStands(), now).Status;
        foreach (var (happened, milliseconds) in walk)
        {
            now += TimeSpan.FromMilliseconds(milliseconds);
            status = machine.Step(status, happened(status.Client), now).Status;
        }

        status = machine.Step(status, new TunnelEvent.ClientEnded(status.Client, "the network is gone", Refused: false), now).Status;
        var clients = status.Client;
        now += TunnelTimings.Default.ConnectWithin + TunnelTimings.Default.RefusedDelay;
        status = machine.Step(status, new TunnelEvent.Elapsed(), now).Status;
        status = machine.Step(status, new TunnelEvent.Elapsed(), now + TunnelTimings.Default.RefusedDelay).Status;
        Assert.True(status.Client > clients || status.Phase == TunnelPhase.Connecting, $"{status.Phase}");
    });

    [Fact]
    public void A_step_is_a_function_of_its_arguments() => Gen.Select(Starts, Events).Sample((start, happened) =>
    {
        var machine = new TunnelMachine(TunnelTimings.Default, start.Exits);
        var status = TunnelStatus.Initial(DateTimeOffset.UnixEpoch, start.Seed, TunnelTimings.Default);
        var (one, two) = (machine.Step(status, happened(1), DateTimeOffset.UnixEpoch), machine.Step(status, happened(1), DateTimeOffset.UnixEpoch));
        return one.Status == two.Status && one.Effects.SequenceEqual(two.Effects);
    });

    /// <summary>What the effects make of the machine they are done to.</summary>
    private sealed class World
    {
        private readonly HashSet<int> running = [];
        private readonly HashSet<int> connected = [];
        private bool guardStands;
        private bool up;
        private int upFor;

        public void Hear(TunnelEvent happened)
        {
            guardStands |= happened is TunnelEvent.GuardStands;
            if (happened is TunnelEvent.ClientConnected { Client: var client } && running.Contains(client))
            {
                connected.Add(client);
            }
        }

        public void Do(TunnelEffect effect, int exits)
        {
            // Before the guard stands nothing at all is done.
            Assert.True(guardStands, $"{effect} before the guard stands");
            switch (effect)
            {
                case TunnelEffect.TakeLinkDown:
                    up = false;
                    break;
                case TunnelEffect.StartClient start:
                    Assert.False(up, "a client is started with the link of another still up");
                    Assert.InRange(start.Exit, 0, exits - 1);
                    running.Add(start.Client);
                    Assert.Single(running);
                    break;
                case TunnelEffect.StopClient stop:
                    Assert.False(up && upFor == stop.Client, "a client is stopped with its link still up");
                    running.Remove(stop.Client);
                    break;
                case TunnelEffect.BringLinkUp bring:
                    Assert.Contains(bring.Client, running);
                    Assert.Contains(bring.Client, connected);
                    Assert.Equal(TunnelWalk.Inside, bring.Address);
                    (up, upFor) = (true, bring.Client);
                    break;
                case TunnelEffect.Probe probe:
                    // It goes through tun0 and so needs it.
                    Assert.True(up && upFor == probe.Client, "a probe is sent without a link");
                    break;
                case TunnelEffect.PrepareLink or TunnelEffect.RestoreCarrierRoutes:
                    break;
                default:
                    Assert.Fail($"{effect} is none of the effects that are safe for the carrier");
                    break;
            }
        }

        public void Check(TunnelStatus status)
        {
            if (status.Phase is not (TunnelPhase.Proving or TunnelPhase.Probing or TunnelPhase.Connected))
            {
                Assert.False(up, $"the link is up in {status.Phase}");
            }

            // Streams are waited for only while the exit may carry them.
            Assert.True(status.Leaving is null || status.Phase is TunnelPhase.Proving or TunnelPhase.Connected, $"{status.Phase} waits for streams");
            if (status.Phase == TunnelPhase.Connected)
            {
                Assert.True(up && upFor == status.Client, "connected without a link");
            }
        }
    }
}
