using Culvert.Proxy;
using Culvert.Stack;

namespace Culvert.Tests.Proxy.Http;

public sealed class HttpRefusalTests
{
    [Theory]
    [InlineData("Content-Length: 3\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: Chunked")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Transfer-Encoding: gzip, chunked")]
    [InlineData("Transfer-Encoding: xchunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding:\r\n chunked")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("TE : trailers")]
    [InlineData("Content-Length: 3\r\nContent-Length: 3")]
    [InlineData("Content-Length: 3\r\nContent-Length: 4")]
    [InlineData("Content-Length: 3, 3")]
    [InlineData("Content-Length: +3")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 0x3")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length:")]
    [InlineData("X-Bare: a\nX-Feed: b")]
    [InlineData("X-Bare: a\rX-Return: b")]
    [InlineData("X-Folded: a\r\n b")]
    [InlineData(" X-Leading: a")]
    [InlineData("X-Nul: a\0b")]
    [InlineData("X-Control: a\u0001b")]
    [InlineData("X-Delete: a\u007fb")]
    [InlineData("X Space: a")]
    [InlineData("NoColon")]
    [InlineData(": no name")]
    [InlineData("Host: twice")]
    [InlineData("Connection: content-length\r\nContent-Length: 3")]
    [InlineData("Connection: transfer-encoding\r\nTransfer-Encoding: chunked")]
    public async Task Fault_41_an_ambiguous_head_is_400_and_nothing_is_forwarded(string fields)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        var answer = await proxy.AskAsync($"POST http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\nabc");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.False(origin.HasCaller);
    }

    [Theory]
    [InlineData("GET  http://127.0.0.1:PORT/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://127.0.0.1:PORT/ HTTP/1.1 \r\nHost: x")]
    [InlineData("GET http://127.0.0.1:PORT/a b HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://127.0.0.1:PORT/\tHTTP/1.1\r\nHost: x")]
    [InlineData("GET http://127.0.0.1:PORT/ HTTP/2.0\r\nHost: x")]
    [InlineData("GET http://127.0.0.1:PORT/ http/1.1\r\nHost: x")]
    [InlineData("GET http://127.0.0.1:PORT/\r\nHost: x")]
    [InlineData("GET http://user:canary@127.0.0.1:PORT/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://127.0.0.1:PORT/#fragment HTTP/1.1\r\nHost: x")]
    [InlineData("GET ftp://127.0.0.1:PORT/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET https://127.0.0.1:PORT/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT")]
    [InlineData("GET http://127.0.0.1:PORT/ HTTP/1.1")]
    [InlineData("GET http:///path HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://127.0.0.1:/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://::1:80/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://[fe80::1%25eth0]/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://127.0.0.256/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://1.2.3.4.5/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://a..b/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://-ünï/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET http://127.0.0.1:PORT/ HTTP/1.0\r\nTransfer-Encoding: chunked")]
    [InlineData("CONNECT 127.0.0.1:PORT HTTP/1.1\r\nHost: x\r\nContent-Length: 3")]
    [InlineData("CONNECT 127.0.0.1:PORT HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked")]
    [InlineData("CONNECT 127.0.0.1 HTTP/1.1\r\nHost: x")]
    [InlineData("CONNECT http://127.0.0.1:PORT HTTP/1.1\r\nHost: x")]
    [InlineData("\r\n\r\nGET http://127.0.0.1:PORT/ HTTP/1.1\r\nHost: x")]
    [InlineData("\u0016\u0003\u0001")]
    public async Task Fault_41_a_malformed_request_is_400_and_nothing_is_forwarded(string head)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        var answer = await proxy.AskAsync($"{head.Replace("PORT", $"{origin.Port}", StringComparison.Ordinal)}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answer, StringComparison.Ordinal);
        Assert.False(origin.HasCaller);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("65979")]
    [InlineData("+443")]
    [InlineData("0x1bb")]
    [InlineData("443 ")]
    [InlineData("4294967739")]
    [InlineData("")]
    public async Task Fault_42_a_port_that_is_none_is_400(string port)
    {
        await using var proxy = new ProxyUnderTest();
        Assert.StartsWith("HTTP/1.1 400 ", await proxy.AskAsync($"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_42_a_port_that_is_not_allowed_is_403()
    {
        await using var proxy = new ProxyUnderTest(ports: [443]);
        using var origin = new Origin();
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskAsync($"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.False(origin.HasCaller);
    }

    [Theory]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("017700000001")]
    [InlineData("0x7F.1.")]
    [InlineData("0.0.0.0")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:10.0.0.1]")]
    [InlineData("[::ffff:a9fe:a9fe]")]
    [InlineData("[64:ff9b::10.0.0.1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[2001:db8::5efe:10.0.0.1]")]
    [InlineData("[fe80::1]")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("172.30.97.2")]
    [InlineData("255.255.255.255")]
    [InlineData("localhost")]
    [InlineData("rebound.test")]
    public async Task Fault_39_a_forbidden_target_in_any_spelling_is_403(string host)
    {
        await using var proxy = new ProxyUnderTest(forbidden: ForbiddenRanges.Default);
        proxy.Dns.Names["rebound.test"] = ["192.168.1.1"];
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskAsync($"CONNECT {host}:443 HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskAsync($"GET http://{host}/ HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.True(host == "rebound.test" || proxy.Dns.Asked.IsEmpty, "an address or localhost was sent to DNS");
    }

    [Fact]
    public async Task Fault_40_a_name_that_changes_its_address_reaches_only_the_checked_one()
    {
        await using var proxy = new ProxyUnderTest();
        using var allowed = new Origin(); // It ends before the proxy, which would wait for it to finish the tunnel.
        var answers = 0;
        proxy.Dns.Script = question => [FakeDns.Answer(question, 0, 1, FakeDns.Record(Interlocked.Increment(ref answers) == 1 ? "127.0.0.1" : ProxyUnderTest.Forbidden, timeToLive: 0))];
        var request = $"CONNECT rebind.test:{allowed.Port} HTTP/1.1\r\nHost: x\r\n\r\n";
        using var client = await proxy.HttpAsync();
        await client.SendAsync(request);
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(1, answers);
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskAsync(request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llm", "api.acme.test", "listed.test")]
    [InlineData("list", "sub.listed.test", "api.acme.test")]
    public async Task A_scope_lets_through_its_own_names_only(string scope, string allowed, string denied)
    {
        await using var proxy = new ProxyUnderTest(scope == "llm" ? DestinationScope.Llm : DestinationScope.List);
        using var origin = new Origin();
        proxy.Dns.Names[allowed] = ["127.0.0.1"];
        proxy.Dns.Names[denied] = ["127.0.0.1"];
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"CONNECT {allowed}:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskAsync($"CONNECT {denied}:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskAsync($"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_44_a_request_line_of_1_MiB_is_414()
    {
        await using var proxy = new ProxyUnderTest();
        var answer = await proxy.AskAsync($"GET http://127.0.0.1/{new string('a', 1024 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 414 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_44_20000_headers_are_431()
    {
        await using var proxy = new ProxyUnderTest();
        var fields = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"X-{number}: a\r\n"));
        Assert.StartsWith("HTTP/1.1 431 ", await proxy.AskAsync($"GET http://127.0.0.1/ HTTP/1.1\r\nHost: x\r\n{fields}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await proxy.AskAsync($"GET http://127.0.0.1/ HTTP/1.1\r\nHost: x\r\nX-Big: {new string('a', 100_000)}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_have_their_own_statuses()
    {
        await using var proxy = new ProxyUnderTest();
        Assert.StartsWith("HTTP/1.1 502 ", await proxy.AskAsync("CONNECT missing.test:443 HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        int closed;
        using (var origin = new Origin())
        {
            closed = origin.Port;
        }

        var refused = await proxy.AskAsync($"CONNECT 127.0.0.1:{closed} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", refused, StringComparison.Ordinal);
        Assert.Contains("Proxy-Status: culvert; error=connection_refused\r\n", refused, StringComparison.Ordinal);
        proxy.Dns.Script = question => [FakeDns.Answer(question, 2, 0)];
        Assert.StartsWith("HTTP/1.1 503 ", await proxy.AskAsync("CONNECT broken.test:443 HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unfinished_request_is_408_at_the_deadline()
    {
        await using var proxy = new ProxyUnderTest(limits: new ProxyLimits { Handshake = TimeSpan.FromMilliseconds(100) });
        using var client = await proxy.HttpAsync();
        await client.SendAsync("GET http://a.test/ HTT");
        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadUntilAsync("\n"), StringComparison.Ordinal);
    }
}
