using System.Net;
using Culvert.Proxy;
using Culvert.Stack;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Proxy.Socks.Udp;

public sealed class UdpAssociateTests
{
    [Fact]
    public async Task Datagrams_go_up_and_come_back_with_the_address_that_they_came_from()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var other = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy);
        foreach (var server in (UdpOrigin[])[origin, other, origin])
        {
            client.Send(UdpClient5.HeaderOf(server.EndPoint), "ping");
            var (text, from) = await server.ReceiveAsync();
            Assert.Equal("ping", text);
            server.Send("pong!", from);
            Assert.Equal("pong!", await client.ReceiveAsync(server.EndPoint));
        }

        var report = proxy.Calls.Datagrams;
        Assert.Equal((1, 3, 3), (report.Associations, report.Up, report.Down));
        Assert.Empty(report.Dropped);
    }

    [Fact]
    public async Task A_name_is_resolved_inside_and_what_waits_for_it_is_sent_in_order()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        var release = new TaskCompletionSource();
        proxy.Dns.Release = release.Task;
        proxy.Dns.Names["api.acme.test"] = ["127.0.0.1"];
        using var client = await UdpClient5.OpenAsync(proxy);
        for (var number = 1; number <= 10; number++)
        {
            client.Send(UdpClient5.HeaderOf("API.acme.test", origin.Port), $"{number}");
        }

        // Eight wait, and no more.
        await UntilAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("waiting") == 2);
        release.SetResult();
        for (var number = 1; number <= 8; number++)
        {
            Assert.Equal($"{number}", (await origin.ReceiveAsync()).Text);
        }

        Assert.Equal(["api.acme.test 1"], proxy.Dns.Asked);
        client.Dispose();
        await UntilAsync(() => proxy.Calls.Lines.Contains(new CallsLine("127.0.0.1", "acme", "relayed", 1, 8, 0)));
    }

    [Theory]
    [InlineData("127.0.0.9")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("172.30.98.1")]
    public async Task Fault_39_a_datagram_to_a_forbidden_address_goes_nowhere(string address)
    {
        await using var proxy = new ProxyUnderTest();
        using var client = await UdpClient5.OpenAsync(proxy);
        client.Send(UdpClient5.HeaderOf(new IPEndPoint(IPAddress.Parse(address), 443)), "x");
        await AssertOnlyDroppedAsync(proxy, client, "refused");
    }

    [Theory]
    [InlineData("127.0.0.9")]
    [InlineData("0x7f.9")]
    [InlineData("2130706441")]
    [InlineData("[::ffff:127.0.0.9]")]
    [InlineData("localhost")]
    [InlineData("inside.test")]
    [InlineData("missing.test")]
    public async Task Fault_39_a_datagram_to_a_forbidden_target_in_any_spelling_goes_nowhere(string host)
    {
        using var origin = new UdpOrigin("127.0.0.9");
        await using var proxy = new ProxyUnderTest();
        proxy.Dns.Names["inside.test"] = ["127.0.0.1", "127.0.0.9"];
        using var client = await UdpClient5.OpenAsync(proxy);
        client.Send(UdpClient5.HeaderOf(host, origin.Port), "x");
        await AssertOnlyDroppedAsync(proxy, client, "refused");
        Assert.False(origin.HasAny);
    }

    [Fact]
    public async Task Fault_40_the_address_that_was_checked_is_the_one_that_is_sent_to()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var inside = new UdpOrigin("127.0.0.9");
        proxy.Dns.Names["rebind.test"] = ["127.0.0.1"];
        using var client = await UdpClient5.OpenAsync(proxy);
        client.Send(UdpClient5.HeaderOf("rebind.test", origin.Port), "1");
        Assert.Equal("1", (await origin.ReceiveAsync()).Text);
        proxy.Dns.Names["rebind.test"] = ["127.0.0.9"];
        client.Send(UdpClient5.HeaderOf("rebind.test", origin.Port), "2");
        Assert.Equal("2", (await origin.ReceiveAsync()).Text);
        Assert.False(inside.HasAny);
    }

    [Fact]
    public async Task Fault_42_a_port_that_is_not_allowed_and_a_scope_are_kept_per_application()
    {
        await using var proxy = new ProxyUnderTest(ports: [443], settings: settings => settings with
        {
            Applications = [new ProxyApplication(IPAddress.Parse("127.0.8.5"), new ApplicationSettings(null, null, [], [.. Enumerable.Range(1024, 64512)]))],
        });
        using var origin = new UdpOrigin();
        using var dev = await UdpClient5.OpenAsync(proxy);
        dev.Send(UdpClient5.HeaderOf(origin.EndPoint), "x");
        await AssertOnlyDroppedAsync(proxy, dev, "refused");
        using var application = await UdpClient5.OpenAsync(proxy, "127.0.8.5");
        application.Send(UdpClient5.HeaderOf(origin.EndPoint), "y");
        Assert.Equal("y", (await origin.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task A_datagram_from_another_address_than_the_clients_is_dropped()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy, "127.0.8.5");
        using var stranger = await UdpClient5.OpenAsync(proxy, "127.0.8.6");
        stranger.Control.Dispose();
        await UntilAsync(() => proxy.Calls.Datagrams.Associations == 1);
        stranger.Send(UdpClient5.HeaderOf(origin.EndPoint), "not mine");
        await UntilAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("no-association") == 1);

        // The first datagram pins the port; another socket of the same address is a stranger then.
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "mine");
        Assert.Equal("mine", (await origin.ReceiveAsync()).Text);
        using var second = await UdpClient5.OpenAsync(proxy, "127.0.8.5", declare: true);
        second.Control.Dispose();
        await UntilAsync(() => proxy.Calls.Datagrams.Associations == 1);
        second.Send(UdpClient5.HeaderOf(origin.EndPoint), "not mine either");
        await UntilAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("no-association") == 2);
        Assert.False(origin.HasAny);
    }

    [Fact]
    public async Task A_client_that_tells_its_port_gets_its_own_association_and_not_an_older_one()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var first = await UdpClient5.OpenAsync(proxy);
        using var second = await UdpClient5.OpenAsync(proxy, declare: true);
        second.Send(UdpClient5.HeaderOf(origin.EndPoint), "2");
        var from = (await origin.ReceiveAsync()).From;
        first.Send(UdpClient5.HeaderOf(origin.EndPoint), "1");
        Assert.NotEqual(from, (await origin.ReceiveAsync()).From);
        first.Control.Dispose();
        await UntilAsync(() => proxy.Calls.Datagrams.Associations == 1);
        origin.Send("still", from);
        Assert.Equal("still", await second.ReceiveAsync(origin.EndPoint));
    }

    [Fact]
    public async Task Only_who_was_sent_to_may_answer()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var stranger = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy);
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "1");
        var from = (await origin.ReceiveAsync()).From;
        stranger.Send("hello", from);
        await UntilAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("stranger") == 1);
        origin.Send("answer", from);
        Assert.Equal("answer", await client.ReceiveAsync(origin.EndPoint));
    }

    [Fact]
    public async Task Fault_46_a_fragment_and_what_has_no_whole_header_are_dropped()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy);
        var whole = UdpClient5.HeaderOf(origin.EndPoint);
        client.Send([0, 0, 1, .. whole[3..]], "x");
        client.Send([0, 0, 0x80, .. whole[3..]], "x");
        client.Send([1, 0, 0, .. whole[3..]], "x");
        client.Send([0, 0, 0, 9, .. whole[4..]], "x");
        for (var length = 0; length < whole.Length; length++)
        {
            client.SendRaw(whole[..length]);
        }

        client.Send(UdpClient5.HeaderOf("", origin.Port), "x");
        client.Send(UdpClient5.HeaderOf("..", origin.Port), "x");
        client.Send(whole, "whole");
        Assert.Equal("whole", (await origin.ReceiveAsync()).Text);
        Assert.Equal(2, proxy.Calls.Datagrams.Dropped["fragment"]);
        Assert.Equal(2 + whole.Length + 2, proxy.Calls.Datagrams.Dropped["malformed"]);
    }

    [Fact]
    public async Task What_no_datagram_can_carry_is_dropped_and_counted()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy);
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "1");
        var from = (await origin.ReceiveAsync()).From;

        // 65,507 bytes fit IPv4; with the header in front of them they do not.
        origin.Send(new string('x', 65_507), from);
        await UntilAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("too-large") == 1);
        origin.Send(new string('x', 65_497), from);
        Assert.Equal(65_497, (await client.ReceiveAsync(origin.EndPoint)).Length);
    }

    [Fact]
    public async Task It_ends_with_its_connection_and_gives_every_descriptor_back()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        using var client = await UdpClient5.OpenAsync(proxy);
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "1");
        await origin.ReceiveAsync();
        client.Control.Dispose();
        await UntilAsync(() => proxy.Calls.Datagrams.Associations == 0 && proxy.Ledger.OpenConnections == 0);
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "2");
        await UntilAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("no-association") == 1);
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
        await UntilAsync(() => proxy.Calls.Datagrams.Associations == 2);
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

        await UntilAsync(() => proxy.Calls.Lines.Contains(new CallsLine("127.0.0.1", "other", "relayed", 1, 1, 0)));
        origin.Send("late", from);
        await UntilAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("stranger") == 1);
    }

    private static async Task<int> ReplyAsync(ProxyUnderTest proxy, string address)
    {
        var (reply, control, _) = await UdpClient5.AskAsync(proxy, address);
        control.Dispose();
        return reply;
    }

    private static async Task AssertOnlyDroppedAsync(ProxyUnderTest proxy, UdpClient5 client, string reason)
    {
        await UntilAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault(reason) == 1);
        Assert.Equal(0, proxy.Calls.Datagrams.Up);
        Assert.Equal(1, proxy.Calls.Datagrams.Associations);
        Assert.False(client.Socket.Poll(TimeSpan.Zero, System.Net.Sockets.SelectMode.SelectRead));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!holds())
        {
            await Task.Delay(2, limit.Token);
        }
    }
}
