using System.Net.Sockets;
using System.Text;

namespace Culvert.Tests.Proxy;

/// <summary>Whole conversations, cut at every single place, and once between any two bytes: both sides hear the same as without a cut.</summary>
public sealed class EverySplitTests
{
    private const string Login = "\x05\x02\0\x02" + "\x01\x01u\x01p";

    public static TheoryData<string> Conversations => [.. Scripts(1).Keys];

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task A_clients_bytes(string name)
    {
        await using var proxy = new ProxyUnderTest(users: name.Contains("users", StringComparison.Ordinal) ? [("u", "p")] : null);
        using var origin = new Origin();
        proxy.Dns.Names["a.test"] = ["127.0.0.1"];
        var script = Scripts(origin.Port)[name];
        var expected = await HeldAsync(proxy, origin, script, [], []);
        for (var cut = 1; cut < script.Client.Length; cut++)
        {
            Assert.Equal((cut, expected), (cut, await HeldAsync(proxy, origin, script, [cut], [])));
        }

        Assert.Equal(expected, await HeldAsync(proxy, origin, script, [.. Enumerable.Range(1, script.Client.Length - 1)], []));
    }

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task A_servers_bytes(string name)
    {
        await using var proxy = new ProxyUnderTest(users: name.Contains("users", StringComparison.Ordinal) ? [("u", "p")] : null);
        using var origin = new Origin();
        proxy.Dns.Names["a.test"] = ["127.0.0.1"];
        var script = Scripts(origin.Port)[name];
        var expected = await HeldAsync(proxy, origin, script, [], []);
        for (var cut = 1; cut < script.Server.Length; cut++)
        {
            Assert.Equal((cut, expected), (cut, await HeldAsync(proxy, origin, script, [], [cut])));
        }

        Assert.Equal(expected, await HeldAsync(proxy, origin, script, [], [.. Enumerable.Range(1, Math.Max(0, script.Server.Length - 1))]));
    }

    private static Dictionary<string, Script> Scripts(int port)
    {
        var there = $"{(char)(port >> 8)}{(char)(port & 0xFF)}";
        return new Dictionary<string, Script>
        {
            ["SOCKS to an address"] = new("\x05\x01\0\x05\x01\0\x01\x7f\0\0\x01" + there + "early", "down"),
            ["SOCKS to a name, with users"] = new(Login + "\x05\x01\0\x03\x06" + "a.test" + there + "early", "down"),
            ["SOCKS with a wrong password of users"] = new("\x05\x01\x02\x01\x01u\x01q", ""),
            ["SOCKS to a forbidden address"] = new("\x05\x01\0\x05\x01\0\x01\x7f\0\0\x09" + there, ""),
            ["SOCKS4"] = new("\x04\x01" + there + "\x7f\0\0\x01\0", ""),
            ["CONNECT"] = new($"CONNECT a.test:{port} HTTP/1.1\r\nHost: a\r\n\r\nearly", "down"),
            ["GET, then another on the same connection"] = new(
                string.Concat(Enumerable.Repeat($"GET http://127.0.0.1:{port}/p HTTP/1.1\r\nHost: a\r\nConnection: X-Y\r\nX-Y: 1\r\n\r\n", 2)),
                "HTTP/1.1 103 Early Hints\r\nLink: l\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            { Answers = 2 },
            ["POST of chunks, answered in chunks with a trailer"] = new(
                $"POST http://127.0.0.1:{port}/p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;e=1\r\nabc\r\n0\r\nT: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: U\r\n\r\n2\r\nok\r\n0\r\nU: 2\r\n\r\n"),
            ["An upgrade"] = new(
                $"GET http://127.0.0.1:{port}/p HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\ndown"),
            ["An answer until the close"] = new($"GET http://127.0.0.1:{port}/p HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nto the end"),
            ["A request that is ambiguous"] = new(
                $"POST http://127.0.0.1:{port}/p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
            ["An answer that is malformed"] = new($"GET http://127.0.0.1:{port}/p HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok") { IsGivenUp = true },
        };
    }

    /// <summary>What each side heard when these bytes were cut there.</summary>
    private static async Task<(string Client, string Server)> HeldAsync(ProxyUnderTest proxy, Origin origin, Script script, int[] clientCuts, int[] serverCuts)
    {
        using var client = await proxy.HttpAsync();
        var serving = script.Server.Length > 0 ? ServeAsync(origin, script, serverCuts) : Task.FromResult("");
        await SendAsync(client, script.Client, clientCuts);
        client.FinishSending();
        var heard = await client.ReadToEndAsync();
        var asked = await serving;

        // Whether bytes are left unread decides if a connection that is given up ends by a reset.
        return (WithoutPort(heard), script.IsGivenUp ? asked.Replace("<reset>", "", StringComparison.Ordinal) : asked);
    }

    private static async Task<string> ServeAsync(Origin origin, Script script, int[] cuts)
    {
        using var server = await origin.AcceptAsync();
        var heard = "";
        try
        {
            for (var answer = 0; answer < script.Answers; answer++)
            {
                heard += script.Client.StartsWith("GET", StringComparison.Ordinal) ? await server.ReadHeadAsync() : "";
                await SendAsync(server, script.Server, cuts);
            }

            server.FinishSending();
        }
        catch (SocketException) when (script.IsGivenUp)
        {
            // The proxy has given the connection up before the last piece was sent.
        }

        return heard + await server.ReadToEndAsync();
    }

    private static async Task SendAsync(Peer peer, string text, int[] cuts)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var start = 0;
        foreach (var cut in cuts.Append(bytes.Length).Where(cut => cut > start))
        {
            await peer.SendAsync(bytes[start..cut]);
            start = cut;
        }
    }

    // A reply of success names the near end of the connection to the server, whose port differs each time.
    private static string WithoutPort(string heard)
    {
        var reply = heard.IndexOf("\x05\0\0\x01\x7f\0\0\x01", StringComparison.Ordinal);
        return reply < 0 ? heard : heard.Remove(reply + 8, 2);
    }

    private sealed record Script(string Client, string Server)
    {
        public int Answers { get; init; } = 1;

        public bool IsGivenUp { get; init; }
    }
}
