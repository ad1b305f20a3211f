using System.Text;
using CsCheck;
using Culvert.Proxy.Http;

namespace Culvert.Tests.Proxy;

/// <summary>However the network cuts a stream of bytes, the proxy makes the same of it.</summary>
public sealed class SplitTests
{
    private static readonly Gen<string> Line = OneOf(
        "GET http://a.test/ HTTP/1.1\r\n", "Host: a\r\n", "X: b\r\n", "\r\n", "\r\n", "Y: bare\n", "Z: nul\0\r\n", "W: cr\rx\r\n", " fold\r\n", "\x7f\r\n",
        $"{new string('l', 9000)}\r\n", $"V: {new string('v', 30_000)}\r\n", $"{new string('l', 8190)}\r\n");

    [Fact]
    public void A_head_ends_at_the_same_place_or_fails_the_same_way() =>
        Gen.Select(Line.Array[0, 8], Gen.Int[1, 9000].Array[0, 20]).Sample((lines, cuts) =>
        {
            var bytes = Encoding.Latin1.GetBytes(string.Concat(lines));
            Assert.Equal(ScanHead(bytes, []), ScanHead(bytes, cuts));
        });

    [Fact]
    public void A_chunked_body_ends_at_the_same_place_or_fails_the_same_way() =>
        Gen.Select(OneOf("3\r\nabc\r\n", "a;x=y\r\n0123456789\r\n", "0\r\n", "0\r\n\r\n", "\n", "z\r\n", "1\r\nab\r\n", "ffffffffffffffff\r\n").Array[1, 8], Gen.Int[1, 12].Array[0, 20])
            .Sample((parts, cuts) =>
            {
                var bytes = Encoding.Latin1.GetBytes(string.Concat(parts));
                Assert.Equal(ScanChunks(bytes, []), ScanChunks(bytes, cuts));
            });

    [Fact]
    public void A_chunked_body_of_valid_chunks_is_followed_to_its_last() =>
        Gen.Byte.Array[1, 300].Array[0, 10].Sample(chunks =>
        {
            byte[] body = [.. chunks.SelectMany(chunk => (byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]), .. "0\r\n"u8];
            var scanner = new ChunkedScanner();
            Assert.Equal(body.Length, scanner.Scan([.. body, .. "\r\n"u8]));
            Assert.True(scanner.IsAtTrailers);
        });

    [Fact]
    public async Task A_SOCKS_stream_is_answered_the_same()
    {
        await using var proxy = new ProxyUnderTest(users: [("u", "p")]);
        using var origin = new Origin();
        proxy.Dns.Names["a.test"] = ["127.0.0.1"];
        byte[] stream = [5, 2, 0, 2, 1, 1, (byte)'u', 1, (byte)'p', 5, 1, 0, 3, 6, .. "a.test"u8, (byte)(origin.Port >> 8), (byte)origin.Port, .. "early"u8];
        await Gen.Int[1, stream.Length - 1].Array[0, 6].SampleAsync(
            async cuts =>
            {
                using var client = await proxy.SocksAsync();
                await SendInPiecesAsync(client, stream, cuts);
                Assert.Equal([5, 2, 1, 0, 5, 0], (await client.ReadAsync(14))[..6]);
                using var server = await origin.AcceptAsync();
                Assert.Equal("early", await server.ReadTextAsync(5));
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task An_HTTP_stream_is_forwarded_the_same()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        var stream = Encoding.ASCII.GetBytes(
            $"\r\nPOST http://127.0.0.1:{origin.Port}/p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n");
        await Gen.Int[1, stream.Length - 1].Array[0, 6].SampleAsync(
            async cuts =>
            {
                using var client = await proxy.HttpAsync();
                await SendInPiecesAsync(client, stream, cuts);
                using var server = await origin.AcceptAsync();
                Assert.Equal(
                    $"POST /p HTTP/1.1\r\nHost: 127.0.0.1:{origin.Port}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
                    await server.ReadUntilAsync("T: 1\r\n\r\n"));
                await server.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
                await client.ReadHeadAsync();
            },
            iter: 60,
            threads: 1);
    }

    private static Gen<string> OneOf(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]);

    private static async Task SendInPiecesAsync(Peer client, byte[] stream, int[] cuts)
    {
        var start = 0;
        foreach (var cut in cuts.Append(stream.Length).Distinct().Order())
        {
            await client.SendAsync(stream[start..cut]);
            start = cut;
        }
    }

    private static string ScanHead(byte[] bytes, int[] cuts)
    {
        var scanner = new HeadScanner(hasStartLine: true);
        foreach (var end in Ends(bytes, cuts))
        {
            if (scanner.Scan(bytes.AsSpan(0, end)) is { } result)
            {
                return result.Is(out var length, out var failure) ? $"{scanner.Start}..{length}" : failure.ToString();
            }
        }

        return "more";
    }

    private static string ScanChunks(byte[] bytes, int[] cuts)
    {
        var scanner = new ChunkedScanner();
        var start = 0;
        var passed = 0;
        foreach (var end in Ends(bytes, cuts))
        {
            if (scanner.Scan(bytes.AsSpan(start, end - start)) is not { } count)
            {
                return "malformed";
            }

            passed += count;
            start = end;
            if (scanner.IsAtTrailers)
            {
                return $"trailers at {passed}";
            }
        }

        return $"more after {passed}";
    }

    private static IEnumerable<int> Ends(byte[] bytes, int[] cuts)
    {
        var end = 0;
        foreach (var cut in cuts)
        {
            end = Math.Min(bytes.Length, end + cut);
            yield return end;
        }

        yield return bytes.Length;
    }
}
