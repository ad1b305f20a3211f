using System.Net;
using Culvert.Proxy;
using Culvert.Stack;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Proxy.Socks.Udp;

/// <summary>What ends an association, and what bounds how many there are.</summary>
public sealed class UdpLifeTests
{
    [Fact]
    public async Task It_ends_with_its_connection_and_gives_every_descriptor_back()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy);
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "1");
        await origin.ReceiveAsync();
        client.Control.Dispose();
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Associations == 0 && proxy.Ledger.OpenConnections == 0);
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "2");
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("no-association") == 1);
        Assert.False(origin.HasAny);
    }

    [Fact]
    public async Task It_ends_when_nothing_has_passed_for_two_minutes()
    {
        var time = new FakeTimeProvider();
        await using var proxy = new ProxyUnderTest(time: time);
        using var origin = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy);
        time.Advance(TimeSpan.FromSeconds(100));
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "1");
        await origin.ReceiveAsync();
        time.Advance(TimeSpan.FromSeconds(100));

        // It has looked once, and waits for the rest.
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "2");
        await origin.ReceiveAsync();
        Assert.Equal(1, proxy.Calls.Datagrams.Associations);
        var ended = client.Control.ReadToEndAsync();
        while (!ended.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            await Task.WhenAny(ended, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        Assert.Equal("", await ended);
    }

    [Fact]
    public async Task Associations_of_one_client_and_in_all_are_bounded()
    {
        await using var proxy = new ProxyUnderTest(limits: new ProxyLimits { AssociationsPerClient = 2, Associations = 3 });
        using var first = await UdpClient5.OpenAsync(proxy);
        using var second = await UdpClient5.OpenAsync(proxy);
        Assert.Equal(2, await ReplyAsync(proxy, "127.0.0.1"));
        using var other = await UdpClient5.OpenAsync(proxy, "127.0.8.5");
        Assert.Equal(1, await ReplyAsync(proxy, "127.0.8.6"));
        first.Control.Dispose();
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Associations == 2);
        using var again = await UdpClient5.OpenAsync(proxy);
    }

    [Fact]
    public async Task Fault_53_with_the_tunnel_down_it_is_refused_at_once()
    {
        await using var proxy = new ProxyUnderTest { TunnelIsUp = false };
        Assert.Equal(3, await ReplyAsync(proxy, "127.0.0.1"));
    }

    [Fact]
    public async Task More_destinations_than_it_keeps_push_out_the_one_not_used_for_longest()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy);
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "1");
        var from = (await origin.ReceiveAsync()).From;
        using var sink = new UdpOrigin();
        for (var number = 0; number < Culvert.Proxy.Socks.Udp.FlowTable.Maximum; number++)
        {
            client.Send(UdpClient5.HeaderOf(new IPEndPoint(IPAddress.Parse($"127.1.{number / 250}.{(number % 250) + 1}"), sink.Port)), "x");
        }

        await Eventually.HoldsAsync(() => proxy.Calls.Lines.Contains(new CallsLine("127.0.0.1", "other", "relayed", 1, 1, 0)));
        origin.Send("late", from);
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("stranger") == 1);
    }

    private static async Task<int> ReplyAsync(ProxyUnderTest proxy, string address)
    {
        var (reply, control, _) = await UdpClient5.AskAsync(proxy, address);
        control.Dispose();
        return reply;
    }
}
