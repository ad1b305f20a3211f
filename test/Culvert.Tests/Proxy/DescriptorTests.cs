using System.Net.Sockets;
using System.Text;
using Culvert.Proxy.Engine;
using Culvert.Tests.Proxy.Socks.Udp;

namespace Culvert.Tests.Proxy;

/// <summary>However a connection fails, and wherever: no descriptor, buffer, pipe or place in the count stays behind.</summary>
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

    /// <summary>Every place of an exchange at which the server may break off, and then every one at which the client may.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_HTTP_exchange_that_a_side_breaks_after_any_byte(bool serverBreaks)
    {
        const string answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n";
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        var request = $"POST http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
        await HoldsNothingAsync(proxy, async () =>
        {
            for (var length = 0; length <= (serverBreaks ? answer.Length : request.Length); length++)
            {
                using var client = await proxy.HttpAsync();
                await client.SendAsync(serverBreaks ? request : request[..length]);
                if (!request[..Math.Min(request.Length, serverBreaks ? request.Length : length)].Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    client.Reset();
                    continue;
                }

                using var server = await origin.AcceptAsync();
                await server.SendAsync(serverBreaks ? answer[..length] : answer[..30]);
                (serverBreaks ? server : client).Reset();
                (serverBreaks ? client : server).Dispose();
            }
        });
    }

    [Fact]
    public async Task A_client_that_leaves_while_its_name_is_resolved()
    {
        await using var proxy = new ProxyUnderTest();
        var release = new TaskCompletionSource();
        proxy.Dns.Release = release.Task;
        await HoldsNothingAsync(proxy, async () =>
        {
            for (var index = 0; index < 20; index++)
            {
                await LeaveAsync(await proxy.SocksAsync(), [.. Socks, 1, 187], index % 2 == 0 ? Leaving.ByEnd : Leaving.ByReset);
                await LeaveAsync(await proxy.HttpAsync(), "GET http://a.test/ HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Leaving.ByReset);
            }

            release.SetResult();
        });
    }

    [Theory]
    [InlineData(Leaving.ByEnd)]
    [InlineData(Leaving.ByReset)]
    public async Task An_association_that_ends_at_any_stage(Leaving leaving)
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new UdpOrigin();
        proxy.Dns.Script = _ => [];
        await HoldsNothingAsync(proxy, async () =>
        {
            byte[] ask = [5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0];
            for (var length = 0; length <= ask.Length; length++)
            {
                await LeaveAsync(await proxy.SocksAsync(), ask[..length], leaving);
            }

            for (var index = 0; index < 10; index++)
            {
                using var client = await UdpClient5.OpenAsync(proxy);
                client.Send(UdpClient5.HeaderOf("unanswered.test", 443), "x");
                client.Send(UdpClient5.HeaderOf(origin.EndPoint), "x");
                var (_, from) = await origin.ReceiveAsync();
                origin.Send("y", from);
                await LeaveAsync(client.Control, [], leaving);
            }

            await UntilAsync(() => proxy.Calls.Datagrams.Associations == 0, () => "associations are open");

            // A question that nobody waits for ends by its own deadline; answered, it ends now.
            proxy.Dns.Script = question => [FakeDns.Answer(question, 3, 0)];
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
        var (before, buffers) = (Sockets(), BufferPool.Lent);
        await use();
        await UntilAsync(
            () =>
            {
                // A client that went after its handshake has a server, which goes too.
                while (origin?.HasCaller == true)
                {
                    origin.AcceptAsync().GetAwaiter().GetResult().Dispose();
                }

                // One that the proxy has not accepted yet is in neither count alone.
                return proxy.Ledger.OpenConnections == 0 && Sockets() <= before;
            },
            () => $"{proxy.Ledger.OpenConnections} connections and {Sockets()} sockets are open, none and {before} were before");
        await UntilAsync(
            () => BufferPool.Lent == buffers && PipePool.Lent == 0,
            () => $"{BufferPool.Lent} buffers and {PipePool.Lent} pipes are out, {buffers} and none were before");
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
        .Count(path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
}
