using System.Security.Cryptography;
using CsCheck;

namespace Culvert.Tests.Proxy;

/// <summary>Whatever the sizes, the order of the ends and the pace of the readers: every byte arrives, and nothing else.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class RelayPropertyTests
{
    // Around one read, the turn to splicing, a pipe and a turn.
    private static readonly Gen<int> Size = Gen.OneOf(Gen.Int[1, 600], Gen.Int[60_000, 70_000], Gen.Int[200_000, 600_000], Gen.Const(2_000_000));

    private static readonly Gen<int[]> Sizes = Size.Array[0, 6];

    [Fact]
    public async Task Both_directions_carry_what_was_sent_and_end_in_any_order()
    {
        await using var proxy = new ProxyUnderTest();
        await Gen.Select(Sizes, Sizes, Gen.Int[0, 2], Gen.Bool).SampleAsync(
            async (up, down, order, overHttp) =>
            {
                using var origin = new Origin();
                using var client = await OpenAsync(proxy, origin, overHttp);
                using var server = await origin.AcceptAsync();
                var sentUp = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                var sentDown = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                var results = await Task.WhenAll(
                    SendAsync(client, up, order == 1 ? sentDown.Task : Task.CompletedTask, sentUp),
                    SendAsync(server, down, order == 2 ? sentUp.Task : Task.CompletedTask, sentDown),
                    ReceiveAsync(server),
                    ReceiveAsync(client)).WaitAsync(TimeSpan.FromSeconds(30));
                Assert.Equal(results[0], results[2]);
                Assert.Equal(results[1], results[3]);
            },
            iter: 40,
            threads: 4);
    }

    private static async Task<Peer> OpenAsync(ProxyUnderTest proxy, Origin origin, bool overHttp)
    {
        if (!overHttp)
        {
            return await proxy.TunnelAsync(origin.Port);
        }

        var client = await proxy.HttpAsync();
        await client.SendAsync($"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.ReadHeadAsync();
        return client;
    }

    /// <summary>Sends pieces, ends the direction when it is time, and tells the hash of what it sent.</summary>
    private static async Task<string> SendAsync(Peer peer, int[] sizes, Task mayEnd, TaskCompletionSource<bool> sent)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var size in sizes)
        {
            var piece = RandomNumberGenerator.GetBytes(size);
            hash.AppendData(piece);
            await peer.SendAsync(piece);
        }

        sent.TrySetResult(true);
        await mayEnd;
        peer.FinishSending();
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Task<string> ReceiveAsync(Peer peer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[50_000];
        while (await peer.Socket.ReceiveAsync(buffer) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
