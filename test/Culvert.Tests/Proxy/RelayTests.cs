using System.Security.Cryptography;

namespace Culvert.Tests.Proxy;

public sealed class RelayTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_half_close_passes_on_and_the_other_direction_goes_on(bool clientFirst)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.TunnelAsync(origin.Port);
        using var server = await origin.AcceptAsync();
        var (first, second) = clientFirst ? (client, server) : (server, client);
        await first.SendAsync("last words");
        first.FinishSending();
        Assert.Equal("last words", await second.ReadToEndAsync());
        await second.SendAsync("still here");
        second.FinishSending();
        Assert.Equal("still here", await first.ReadToEndAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_on_one_side_resets_the_other(bool clientFirst)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.TunnelAsync(origin.Port);
        using var server = await origin.AcceptAsync();
        var (first, second) = clientFirst ? (client, server) : (server, client);
        first.Reset();
        Assert.Equal("<reset>", await second.ReadToEndAsync());
    }

    [Fact]
    public async Task Fifty_megabytes_arrive_unchanged()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.TunnelAsync(origin.Port);
        using var server = await origin.AcceptAsync();
        var block = RandomNumberGenerator.GetBytes(1024 * 1024);
        using var sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sending = Task.Run(async () =>
        {
            for (var index = 0; index < 50; index++)
            {
                sent.AppendData(block);
                await server.SendAsync(block);
            }

            server.FinishSending();
        });
        for (var index = 0; index < 50; index++)
        {
            received.AppendData(await client.ReadAsync(block.Length));
        }

        await sending;
        Assert.Equal(sent.GetHashAndReset(), received.GetHashAndReset());
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Fault_48_a_peer_that_stops_reading_stops_its_sender()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.TunnelAsync(origin.Port);
        using var server = await origin.AcceptAsync();
        server.Socket.SendBufferSize = 64 * 1024;
        server.Socket.Blocking = false;

        // The sender stands still when its socket takes nothing for half a second; kernels buffer a few megabytes a hop.
        var block = new byte[64 * 1024];
        long sent = 0;
        while (server.Socket.Poll(TimeSpan.FromMilliseconds(500), System.Net.Sockets.SelectMode.SelectWrite))
        {
            sent += server.Socket.Send(block);
            Assert.True(sent < 64 * 1024 * 1024, $"{sent} bytes went in with nobody reading");
        }

        for (var read = 0L; read < sent;)
        {
            var count = (int)Math.Min(1024 * 1024, sent - read);
            await client.ReadAsync(count);
            read += count;
        }
    }
}
