using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Proxy.Http;

public sealed class HttpSessionTests
{
    [Fact]
    public async Task Connect_makes_a_tunnel_and_bytes_sent_ahead_arrive()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        proxy.Dns.Names["api.acme.test"] = ["127.0.0.1"];
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"CONNECT api.acme.test:{origin.Port} HTTP/1.1\r\nHost: api.acme.test\r\n\r\nhello");
        Assert.Equal("HTTP/1.1 200 Connection established\r\n\r\n", await client.ReadHeadAsync());
        using var server = await origin.AcceptAsync();
        Assert.Equal("hello", await server.ReadTextAsync(5));
        await server.SendAsync("there");
        Assert.Equal("there", await client.ReadTextAsync(5));
    }

    [Fact]
    public async Task Absolute_form_becomes_origin_form_without_hop_by_hop_fields()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync(
            $"GET http://127.0.0.1:{origin.Port}/path?q=1 HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: keep-alive, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\n"
            + "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic Y2FuYXJ5\r\nTE: trailers\r\nAuthorization: Bearer token\r\nAccept: */*\r\n\r\n");
        using var server = await origin.AcceptAsync();
        Assert.Equal(
            $"GET /path?q=1 HTTP/1.1\r\nHost: 127.0.0.1:{origin.Port}\r\nAuthorization: Bearer token\r\nAccept: */*\r\n\r\n",
            await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nKeep-Alive: timeout=5\r\nConnection: X-Theirs\r\nX-Theirs: 1\r\nX-Kept: 1\r\n\r\nok");
        Assert.Equal("HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nX-Kept: 1\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal("ok", await client.ReadTextAsync(2));
    }

    [Fact]
    public async Task Requests_on_one_connection_are_served_in_turn_over_one_server_connection()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        var request = $"POST http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";
        await client.SendAsync($"{request}one{request}two");
        using var server = await origin.AcceptAsync();
        foreach (var body in (string[])["one", "two"])
        {
            await server.ReadHeadAsync();
            Assert.Equal(body, await server.ReadTextAsync(3));
            await server.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{body}");
            await client.ReadHeadAsync();
            Assert.Equal(body, await client.ReadTextAsync(3));
        }
    }

    [Fact]
    public async Task Another_destination_on_the_same_connection_gets_another_server()
    {
        await using var proxy = new ProxyUnderTest();
        using var first = new Origin();
        using var second = new Origin();
        using var client = await proxy.HttpAsync();
        foreach (var origin in (Origin[])[first, second])
        {
            await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n\r\n");
            using var server = await origin.AcceptAsync();
            await server.ReadHeadAsync();
            await server.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 204 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_kept_server_connection_found_dead_is_replaced()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        for (var round = 0; round < 3; round++)
        {
            await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n\r\n");
            using var server = await origin.AcceptAsync();
            await server.ReadHeadAsync();
            await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            await client.ReadHeadAsync();
            Assert.Equal("ok", await client.ReadTextAsync(2));
        }
    }

    [Fact]
    public async Task A_chunk_passes_before_the_next_one_is_sent()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"POST http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        using var server = await origin.AcceptAsync();
        Assert.Contains("Transfer-Encoding: chunked\r\n", await server.ReadHeadAsync(), StringComparison.Ordinal);
        await client.SendAsync("3\r\nup1\r\n");
        Assert.Equal("3\r\nup1\r\n", await server.ReadTextAsync(8));

        // The answer begins while the request is still on its way.
        await server.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndown1\r\n");
        await client.ReadHeadAsync();
        Assert.Equal("5\r\ndown1\r\n", await client.ReadTextAsync(10));
        await client.SendAsync("3\r\nup2\r\n0\r\nX-Sum: 1\r\nProxy-Authorization: Basic Y2FuYXJ5\r\n\r\n");
        Assert.Equal("3\r\nup2\r\n0\r\nX-Sum: 1\r\n\r\n", await server.ReadTextAsync(23));
        await server.SendAsync("5;a=b\r\ndown2\r\n0\r\nX-Trailer: 2\r\n\r\n");
        Assert.Equal("5;a=b\r\ndown2\r\n0\r\nX-Trailer: 2\r\n\r\n", await client.ReadUntilAsync("2\r\n\r\n"));

        await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/again HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("GET /again ", await server.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Continue_comes_from_the_server_and_releases_the_body()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"PUT http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        using var server = await origin.AcceptAsync();
        Assert.Contains("Expect: 100-continue\r\n", await server.ReadHeadAsync(), StringComparison.Ordinal);
        await server.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("body");
        Assert.Equal("body", await server.ReadTextAsync(4));
        await server.SendAsync("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 201 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_early_answer_reaches_a_client_that_never_sends_its_body()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"PUT http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        using var server = await origin.AcceptAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upgrade_becomes_a_tunnel()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        using var server = await origin.AcceptAsync();
        var head = await server.ReadHeadAsync();
        Assert.Contains("Upgrade: websocket\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Connection: Upgrade\r\n", head, StringComparison.Ordinal);
        await server.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfrom server");
        Assert.Contains("Upgrade: websocket\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("from server", await client.ReadTextAsync(11));
        await client.SendAsync("from client");
        Assert.Equal("from client", await server.ReadTextAsync(11));
    }

    [Fact]
    public async Task A_body_until_close_ends_with_the_connection()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n\r\n");
        using (var server = await origin.AcceptAsync())
        {
            await server.ReadHeadAsync();
            await server.SendAsync("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        }

        Assert.Equal("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task An_answer_that_breaks_off_does_not_end_in_order(string answer)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n\r\n");
        using (var server = await origin.AcceptAsync())
        {
            await server.ReadHeadAsync();
            await server.SendAsync(answer);
        }

        Assert.EndsWith("<reset>", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    [InlineData("")]
    public async Task An_invalid_answer_is_502(string answer)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n\r\n");
        using (var server = await origin.AcceptAsync())
        {
            await server.ReadHeadAsync();
            await server.SendAsync(answer);
        }

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_chunk_in_a_request_is_400_and_the_server_sees_no_end()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"POST http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        using var server = await origin.AcceptAsync();
        await server.ReadUntilAsync("abc\r\n");
        await client.SendAsync("3\nabc\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal("<reset>", await server.ReadToEndAsync());
    }

    [Fact]
    public async Task An_HTTP_1_0_client_is_answered_and_closed()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"GET http://127.0.0.1:{origin.Port} HTTP/1.0\r\n\r\n");
        using var server = await origin.AcceptAsync();
        Assert.Equal($"GET / HTTP/1.0\r\nHost: 127.0.0.1:{origin.Port}\r\nConnection: close\r\n\r\n", await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Fault_49_a_wrong_password_is_407_and_the_right_one_goes_on_over_the_same_connection()
    {
        await using var proxy = new ProxyUnderTest(users: [("alice", "s3cret")]);
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        foreach (var credentials in (string[])["", Basic("alice:wrong"), "Proxy-Authorization: Bearer x\r\n", "Proxy-Authorization: Basic %%%\r\n"])
        {
            await client.SendAsync($"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n{credentials}\r\n");
            var head = await client.ReadHeadAsync();
            Assert.StartsWith("HTTP/1.1 407 ", head, StringComparison.Ordinal);
            Assert.Contains("Proxy-Authenticate: Basic realm=", head, StringComparison.Ordinal);
            await client.ReadUntilAsync("\n");
        }

        await client.SendAsync($"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n{Basic("alice:s3cret")}\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_49_guessing_is_429()
    {
        await using var proxy = new ProxyUnderTest(users: [("alice", "s3cret")], time: new FakeTimeProvider());
        string answer;
        var attempts = 0;
        do
        {
            answer = await proxy.AskAsync($"CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: x\r\n{Basic("alice:wrong")}\r\n");
        }
        while (answer.StartsWith("HTTP/1.1 407 ", StringComparison.Ordinal) && ++attempts < 50);
        Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
        Assert.Equal(Culvert.Proxy.Users.AttemptLimiter.Allowed, attempts);
    }

    [Fact]
    public async Task The_HTTP_port_understands_SOCKS5()
    {
        await using var proxy = new ProxyUnderTest();
        using var client = await proxy.HttpAsync();
        await client.SendAsync([5, 1, 0]);
        Assert.Equal([5, 0], await client.ReadAsync(2));
    }

    private static string Basic(string pair) => $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}\r\n";
}
