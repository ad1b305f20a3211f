using System.Net.Sockets;
using System.Text;

namespace Culvert.Tests.Proxy;

/// <summary>However a connection fails, and wherever: no descriptor and no place in the count stays behind.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class DescriptorTests
{
    private static readonly byte[] Socks = [5, 1, 0, 5, 1, 0, 3, 6, .. "a.test"u8];

    public enum Leaving
    {
        ByEnd,
        ByReset,
    }

    [Theory]
    [InlineData(Leaving.ByEnd)]
    [InlineData(Leaving.ByReset)]
    public async Task A_client_that_leaves_after_any_byte_of_its_handshake(Leaving leaving)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        proxy.Dns.Names["a.test"] = ["127.0.0.1"];
        byte[] socks = [.. Socks, (byte)(origin.Port >> 8), (byte)origin.Port];
        var connect = Encoding.ASCII.GetBytes($"CONNECT a.test:{origin.Port} HTTP/1.1\r\nHost: a.test\r\n\r\n");
        await HoldsNothingAsync(proxy, async () =>
        {
            for (var length = 0; length <= socks.Length; length++)
            {
                await LeaveAsync(await proxy.SocksAsync(), socks[..length], leaving);
            }

            for (var length = 0; length <= connect.Length; length++)
            {
                await LeaveAsync(await proxy.HttpAsync(), connect[..length], leaving);
            }
        }, origin);
    }

    [Fact]
    public async Task A_destination_that_cannot_be_reached_at_any_stage()
    {
        await using var proxy = new ProxyUnderTest();
        int closed;
        using (var gone = new Origin())
        {
            closed = gone.Port;
        }

        proxy.Dns.Names["a.test"] = ["127.0.0.1"];
        proxy.Dns.Names["b.test"] = ["127.0.0.9"];
        await HoldsNothingAsync(proxy, async () =>
        {
            foreach (var target in (string[])[$"a.test:{closed}", "b.test:443", "missing.test:443", "127.0.0.9:443", "a.test:22"])
            {
                Assert.StartsWith("HTTP/1.1 ", await proxy.AskAsync($"CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
            }

            proxy.TunnelIsUp = false;
            Assert.StartsWith("HTTP/1.1 503 ", await proxy.AskAsync($"CONNECT a.test:443 HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_relay_that_a_side_breaks_with_bytes_under_way_in_both_directions()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        await HoldsNothingAsync(proxy, async () =>
        {
            for (var index = 0; index < 20; index++)
            {
                using var client = await proxy.TunnelAsync(origin.Port);
                using var server = await origin.AcceptAsync();
                Flood(client);
                Flood(server);
                (index % 2 == 0 ? client : server).Reset();
            }
        });
    }

    [Fact]
    public async Task A_proxy_that_is_stopped_with_tunnels_at_every_stage()
    {
        var before = Sockets();
        using var origin = new Origin();
        var clients = new List<Peer>();
        await using (var proxy = new ProxyUnderTest(limits: new Culvert.Proxy.ProxyLimits { Drain = TimeSpan.FromMilliseconds(50) }))
        {
            for (var length = 0; length < Socks.Length; length++)
            {
                clients.Add(await proxy.SocksAsync());
                await clients[^1].SendAsync(Socks[..length]);
            }

            for (var index = 0; index < 5; index++)
            {
                clients.Add(await proxy.TunnelAsync(origin.Port));
                clients.Add(await origin.AcceptAsync());
                Flood(clients[^1]);
            }

            await proxy.StopAsync();
            Assert.Equal(0, proxy.Ledger.OpenConnections);
        }

        clients.ForEach(client => client.Dispose());
        origin.Dispose();
        await UntilAsync(() => Sockets() <= before, () => $"{Sockets()} sockets are open, {before} were before");
    }

    private static async Task HoldsNothingAsync(ProxyUnderTest proxy, Func<Task> use, Origin? origin = null)
    {
        var before = Sockets();
        await use();
        await UntilAsync(
            () =>
            {
                // A client that went after its handshake has a server, which goes too.
                while (origin?.HasCaller == true)
                {
                    origin.AcceptAsync().GetAwaiter().GetResult().Dispose();
                }

                return proxy.Ledger.OpenConnections == 0;
            },
            () => $"{proxy.Ledger.OpenConnections} connections are open");
        await UntilAsync(() => Sockets() <= before, () => $"{Sockets()} sockets are open, {before} were before");
    }

    private static async Task LeaveAsync(Peer client, byte[] said, Leaving leaving)
    {
        await client.SendAsync(said);
        if (leaving == Leaving.ByReset)
        {
            client.Reset();
        }

        client.Dispose();
    }

    private static void Flood(Peer peer)
    {
        peer.Socket.Blocking = false;
        var block = new byte[256 * 1024];
        while (peer.Socket.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectWrite) && peer.Socket.Send(block, SocketFlags.None, out _) > 0)
        {
        }
    }

    private static async Task UntilAsync(Func<bool> holds, Func<string> otherwise)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (!holds())
        {
            Assert.False(limit.IsCancellationRequested, otherwise());
            await Task.Yield();
        }
    }

    private static int Sockets() => Directory.EnumerateFiles("/proc/self/fd")
        .Count(path => File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true);
}
