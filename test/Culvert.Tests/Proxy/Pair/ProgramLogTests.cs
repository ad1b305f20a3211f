using CsCheck;
using Culvert.Proxy.Pair;

namespace Culvert.Tests.Proxy.Pair;

public sealed class ProgramLogTests
{
    private const string DanteStamp = "Nov 24 08:42:47 (1795509767.690812) danted[23738]: ";
    private const string TinyStamp = "CONNECT   Nov 24 08:39:30.865 [12295]: ";

    private static readonly Gen<string> Canary = Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"].Array[12].Select(letters => "canary" + new string(letters));

    private static readonly string[] Patterns =
    [
        TinyStamp + "Request (file descriptor 5): GET http://someone:*@api.openai.com/?key=* HTTP/1.1",
        TinyStamp + "Request (file descriptor 5): CONNECT *:99999 HTTP/1.1",
        TinyStamp + "Request (file descriptor 5): * http://x/ HTTP/1.1",
        TinyStamp + "Request (file descriptor 5): GET http://*.openai.com/ HTTP/1.1",
        TinyStamp + "Established connection to host \"*.example\" using file descriptor 6.",
        "NOTICE    Nov 24 08:39:30.865 [12295]: Proxying refused on filtered domain \"*\"",
        "ERROR     Nov 24 08:39:30.865 [12295]: opensock: Could not retrieve address info for *:80: Name or service not known",
        "ERROR     Nov 24 08:39:30.865 [12295]: Authorization: Bearer *",
        "* alone",
        DanteStamp + "info: block(1): tcp/connect ]: 127.0.0.1.37592 127.0.0.1.1080 -> 0.0.0.0.0 *.80",
        DanteStamp + "info: block(4): tcp/connect ]: 127.0.0.1.3 127.0.0.1.1080 -> 0.0.0.0.0 *.openai.com.80: could not resolve hostname \"*\"",
        DanteStamp + "warning: could not resolve hostname \"*\"",
        DanteStamp + "info: pass(4): tcp/connect [: 127.0.0.1.3 127.0.0.1.1080 -> 10.8.1.2.3 * -> Authorization: *",
    ];

    [Fact]
    public void Fault_50_nothing_that_a_client_sent_is_passed_on() => Gen.Select(Canary, Gen.Int[0, Patterns.Length - 1].Select(place => Patterns[place])).Sample((canary, pattern) =>
    {
        var (dante, tinyproxy) = (Dante(), Tinyproxy());
        // Both serve already: what came before the first client is another matter.
        dante.Rewrite(DanteStamp + "info: Dante/server[1/1] v1.4.2 running");
        tinyproxy.Rewrite(TinyStamp + "Connect (file descriptor 5): 127.0.0.1");
        var line = pattern.Replace("*", canary, StringComparison.Ordinal);
        return !$"{dante.Rewrite(line)}{tinyproxy.Rewrite(line)}".Contains(canary, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("info: pass(4): tcp/connect [: 172.30.98.3.37568 172.30.98.2.1080 -> 10.8.1.2.37568 198.51.100.39.80", "dante: socks5 client=172.30.98.3 destination=- outcome=connected")]
    [InlineData(
        "info: pass(4): tcp/connect ]: 278 -> 127.0.0.1.37568 127.0.0.1.1080 -> 82, 82 -> 10.8.1.2.37568 198.51.100.39.80 -> 278: remote peer closed.  Session duration: 0s",
        "dante: socks5 client=127.0.0.1 destination=- outcome=ended (remote peer closed) up=82 down=278")]
    [InlineData("info: block(5): tcp/connect ]: 127.0.0.1.39862 127.0.0.1.1080 -> 0.0.0.0.0 api.openai.com.22", "dante: socks5 client=127.0.0.1 destination=openai.com:22 outcome=refused")]
    [InlineData(
        "info: block(4): tcp/connect ]: 127.0.0.1.5 127.0.0.1.1080 -> 127.0.0.1.5 198.51.100.34.80: connect(2) to 198.51.100.34.80 from 127.0.0.1.5 failed: No route to host",
        "dante: socks5 client=127.0.0.1 destination=- outcome=failed (No route to host)")]
    [InlineData("info: sighup_child(): received SIGHUP: reloading config", null)]
    [InlineData("info: SIGHUP ]: config reloaded.  Broadcasting to children to do the same", "dante: took over its configuration")]
    [InlineData("error: danted.conf: problem on line 3", "dante: error: danted.conf: problem on line 3")]
    public void Dantes_lines_are_told_in_our_words(string line, string? told) => Assert.Equal(told, Dante().Rewrite(DanteStamp + line));

    [Fact]
    public void Tinyproxys_lines_are_told_in_our_words()
    {
        var log = Tinyproxy();
        Assert.Equal("tinyproxy: ERROR: Syntax error on line 3", log.Rewrite("ERROR: Syntax error on line 3"));
        Assert.Null(log.Rewrite("NOTICE    Nov 24 08:39:29.111 [12295]: Initializing tinyproxy ..."));
        Assert.Null(log.Rewrite(TinyStamp + "Connect (file descriptor 5): 172.30.98.3"));
        Assert.Equal(
            "tinyproxy: connect client=172.30.98.3 destination=openai.com:443 outcome=asked",
            log.Rewrite(TinyStamp + "Request (file descriptor 5): CONNECT api.openai.com:443 HTTP/1.1"));
        Assert.Equal(
            "tinyproxy: http get client=172.30.98.3 destination=- outcome=asked", log.Rewrite(TinyStamp + "Request (file descriptor 5): GET http://example.com/path HTTP/1.1"));
        Assert.Equal("tinyproxy: destination=openai.com outcome=connected", log.Rewrite(TinyStamp + "Established connection to host \"api.openai.com\" using file descriptor 6."));
        Assert.Equal(
            "tinyproxy: outcome=failed (Name or service not known)",
            log.Rewrite("ERROR     Nov 24 08:39:29.1 [12295]: opensock: Could not retrieve address info for a:80: Name or service not known"));
    }

    private static DanteLog Dante() => new(PairSetups.Of().Stack);

    private static TinyproxyLog Tinyproxy() => new(PairSetups.Of().Stack);
}
