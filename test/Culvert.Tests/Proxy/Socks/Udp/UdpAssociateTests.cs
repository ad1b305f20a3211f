using Culvert.Stack;

namespace Culvert.Tests.Proxy.Socks.Udp;

/// <summary>Datagrams that arrive, and whose association they belong to.</summary>
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
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Dropped.GetValueOrDefault("waiting") == 2);
        release.SetResult();
        for (var number = 1; number <= 8; number++)
        {
            Assert.Equal($"{number}", (await origin.ReceiveAsync()).Text);
        }

        Assert.Equal(["api.acme.test 1"], proxy.Dns.Asked);
        client.Dispose();
        await Eventually.HoldsAsync(() => proxy.Calls.Lines.Contains(new CallsLine("127.0.0.1", "acme", "relayed", 1, 8, 0)));
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
        await Eventually.HoldsAsync(() => proxy.Calls.Datagrams.Associations == 1);
        origin.Send("still", from);
        Assert.Equal("still", await second.ReceiveAsync(origin.EndPoint));
    }
}
