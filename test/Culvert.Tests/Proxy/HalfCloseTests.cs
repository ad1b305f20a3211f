namespace Culvert.Tests.Proxy;

/// <summary>In whatever order the two sides speak and end, each hears everything and then the end.</summary>
public sealed class HalfCloseTests
{
    private static readonly string[] Ways = ["SOCKS", "CONNECT", "Upgrade"];

    /// <summary>Every order of: the client sends (c) and ends (C), the server sends (s) and ends (S).</summary>
    public static TheoryData<string, string> Orders =>
    [
        .. from way in Ways
           from order in (string[])["cCsS", "csCS", "csSC", "scCS", "scSC", "sScC", "CsS", "ScC", "CS", "SC"]
           select (way, order),
    ];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Each_side_hears_everything_and_then_the_end(string way, string order)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await OpenAsync(proxy, origin, way);
        using var server = await origin.AcceptAsync();
        if (way == "Upgrade")
        {
            await server.ReadHeadAsync();
            await server.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
            await client.ReadHeadAsync();
        }

        foreach (var step in order)
        {
            var (speaker, listener) = char.ToLowerInvariant(step) == 'c' ? (client, server) : (server, client);
            if (char.IsAsciiLetterLower(step))
            {
                await speaker.SendAsync("something");
                Assert.Equal("something", await listener.ReadTextAsync(9));
            }
            else
            {
                speaker.FinishSending();
                Assert.Equal("", await listener.ReadToEndAsync());
            }
        }

        await UntilClosedAsync(proxy);
    }

    /// <summary>The end comes with the request, before there is a server.</summary>
    [Theory]
    [InlineData("SOCKS")]
    [InlineData("CONNECT")]
    public async Task A_client_that_ends_with_its_handshake_still_hears_the_server(string way)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = way == "SOCKS" ? await proxy.SocksAsync() : await proxy.HttpAsync();
        await client.SendAsync(way == "SOCKS" ? SocksRequest(origin) : Connect(origin));
        client.FinishSending();
        using var server = await origin.AcceptAsync();
        Assert.Equal("", await server.ReadToEndAsync());
        await server.SendAsync("heard");
        server.FinishSending();
        Assert.EndsWith("heard", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await UntilClosedAsync(proxy);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nheard")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nheard\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nheard")]
    public async Task A_request_whose_client_has_ended_is_answered(string answer)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n\r\n");
        client.FinishSending();
        using var server = await origin.AcceptAsync();
        await server.ReadHeadAsync();
        await server.SendAsync(answer);
        server.FinishSending();
        Assert.Contains("heard", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await UntilClosedAsync(proxy);
    }

    private static async Task<Peer> OpenAsync(ProxyUnderTest proxy, Origin origin, string way)
    {
        if (way == "SOCKS")
        {
            return await proxy.TunnelAsync(origin.Port);
        }

        var client = await proxy.HttpAsync();
        if (way == "CONNECT")
        {
            await client.SendAsync(Connect(origin));
            await client.ReadHeadAsync();
        }
        else
        {
            await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        }

        return client;
    }

    private static byte[] SocksRequest(Origin origin) => [5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, (byte)(origin.Port >> 8), (byte)origin.Port];

    private static byte[] Connect(Origin origin) => [.. $"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n".Select(letter => (byte)letter)];

    private static async Task UntilClosedAsync(ProxyUnderTest proxy)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (proxy.Ledger.OpenConnections > 0)
        {
            await Task.Delay(1, limit.Token);
        }
    }
}
