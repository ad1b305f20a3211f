using System.Net;
using Culvert.Stack;

namespace Culvert.Tests.Proxy.Socks.Udp;

/// <summary>Datagrams that go nowhere, in either direction.</summary>
public sealed class UdpRefusalTests
{
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
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Associations == 1);
        stranger.Send(UdpClient5.HeaderOf(origin.EndPoint), "not mine");
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("no-association") == 1);

        // The first datagram pins the port; another socket of the same address is a stranger then.
        client.Send(UdpClient5.HeaderOf(origin.EndPoint), "mine");
        Assert.Equal("mine", (await origin.ReceiveAsync()).Text);
        using var second = await UdpClient5.OpenAsync(proxy, "127.0.8.5", declare: true);
        second.Control.Dispose();
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Associations == 1);
        second.Send(UdpClient5.HeaderOf(origin.EndPoint), "not mine either");
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("no-association") == 2);
        Assert.False(origin.HasAny);
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
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("stranger") == 1);
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
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("too-large") == 1);
        origin.Send(new string('x', 65_497), from);
        Assert.Equal(65_497, (await client.ReceiveAsync(origin.EndPoint)).Length);
    }

    private static async Task AssertOnlyDroppedAsync(ProxyUnderTest proxy, UdpClient5 client, string reason)
    {
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault(reason) == 1);
        Assert.Equal(0, proxy.Calls.Datagrams.Up);
        Assert.Equal(1, proxy.Calls.Datagrams.Associations);
        Assert.False(client.Socket.Poll(TimeSpan.Zero, System.Net.Sockets.SelectMode.SelectRead));
    }
}
