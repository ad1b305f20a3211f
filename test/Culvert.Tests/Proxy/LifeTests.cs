using System.Diagnostics;
using System.Net.Sockets;
using Culvert.Proxy;
using Culvert.Proxy.Accounting;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Proxy;

[Collection(MeasuredAlone.Name)]
public sealed class LifeTests
{
    [Fact]
    public async Task Fault_45_with_500_slow_clients_a_new_one_is_served_in_under_a_second()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        var slow = new List<Peer>();
        for (var index = 0; index < 500; index++)
        {
            var peer = index % 2 == 0 ? await proxy.SocksAsync() : await proxy.HttpAsync();
            slow.Add(peer);
            await peer.SendAsync(index % 2 == 0 ? "\x05" : "GET http://a");
        }

        var clock = Stopwatch.StartNew();
        using var client = await proxy.TunnelAsync(origin.Port);
        using var server = await origin.AcceptAsync();
        await client.SendAsync("x");
        await server.ReadAsync(1);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"it took {clock.Elapsed}");
        slow.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task Fault_47_a_lack_of_descriptors_is_waited_out_and_does_not_spin()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        var tried = new SemaphoreSlim(0);
        var accepted = 0;
        var attempts = 0;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var acceptor = new Acceptor(
            async stopping =>
            {
                tried.Release();
                switch (Interlocked.Increment(ref attempts))
                {
                    case 1 or 2:
                        throw new SocketException((int)SocketError.TooManyOpenSockets);
                    case 3:
                        return socket;
                    default:
                        await Task.Delay(Timeout.Infinite, stopping);
                        return socket;
                }
            },
            _ => accepted++,
            new Notices(TextWriter.Null, time),
            time);
        var running = acceptor.RunAsync(stop.Token);
        Assert.True(await tried.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, attempts);
        for (var round = 0; round < 2; round++)
        {
            time.Advance(Acceptor.PressurePause);
            Assert.True(await tried.WaitAsync(TimeSpan.FromSeconds(10)));
        }

        Assert.True(await tried.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, accepted);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Fault_47_connections_fit_the_descriptors_and_more_are_refused_at_once()
    {
        var limits = new ProxyLimits().Within(64);
        Assert.Equal(12, limits.Connections);
        await using var proxy = new ProxyUnderTest(limits: limits with { ConnectionsPerClient = 12 });
        using var origin = new Origin();
        var held = new List<Peer>();
        for (var index = 0; index < 12; index++)
        {
            held.Add(await proxy.TunnelAsync(origin.Port));
        }

        using (var refused = await proxy.HttpAsync())
        {
            Assert.StartsWith("HTTP/1.1 503 ", await refused.ReadUntilAsync("\n"), StringComparison.Ordinal);
        }

        held[0].Dispose();
        (await origin.AcceptAsync()).Dispose();
        Peer? again = null;
        for (var clock = Stopwatch.StartNew(); again is null && clock.Elapsed < TimeSpan.FromSeconds(10);)
        {
            var client = await proxy.SocksAsync();
            try
            {
                await client.SendAsync([5, 1, 0]);
                again = (await client.ReadAsync(2)).Length == 2 ? client : null;
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or SocketException)
            {
                client.Dispose();
            }
        }

        Assert.NotNull(again);
        again.Dispose();
        held.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task Fault_53_with_the_tunnel_down_the_answer_is_at_once_and_no_name_is_asked()
    {
        await using var proxy = new ProxyUnderTest { TunnelIsUp = false };
        var clock = Stopwatch.StartNew();
        var answer = await proxy.AskAsync("CONNECT api.acme.test:443 HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("tunnel is down", answer, StringComparison.Ordinal);
        using var socks = await proxy.SocksAsync();
        await socks.SendAsync([5, 1, 0, 5, 1, 0, 3, 4, .. "a.bc"u8, 1, 187]);
        Assert.Equal(3, (await socks.ReadAsync(12))[3]);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"it took {clock.Elapsed}");
        Assert.Empty(proxy.Dns.Asked);
    }

    [Fact]
    public async Task Fault_53_a_tunnel_that_falls_while_a_name_is_resolved_ends_the_wait_within_a_second()
    {
        await using var proxy = new ProxyUnderTest();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Dns.Script = _ =>
        {
            asked.TrySetResult();
            return [];
        };
        using var client = await proxy.HttpAsync();
        await client.SendAsync("CONNECT api.acme.test:443 HTTP/1.1\r\nHost: x\r\n\r\n");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var clock = Stopwatch.StartNew();
        proxy.TunnelIsUp = false;
        Assert.StartsWith("HTTP/1.1 503 ", await client.ReadUntilAsync("\n"), StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"it took {clock.Elapsed}");
    }

    [Fact]
    public async Task Stopping_lets_a_transfer_finish_and_closes_idle_connections()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var idle = await proxy.HttpAsync();
        await idle.SendAsync($"CONNECT {ProxyUnderTest.Forbidden}:443 HTTP/1.1\r\nHost: x\r\n\r\n");
        await idle.ReadHeadAsync();
        using var client = await proxy.TunnelAsync(origin.Port);
        using var server = await origin.AcceptAsync();
        var stopped = proxy.StopAsync();
        await idle.ReadToEndAsync();
        await server.SendAsync("the rest");
        server.FinishSending();
        client.FinishSending();
        Assert.Equal("the rest", await client.ReadToEndAsync());
        await stopped;
        await Assert.ThrowsAsync<SocketException>(() => proxy.SocksAsync());
    }

    [Fact]
    public async Task Stopping_ends_within_its_bound_and_leaves_no_connection()
    {
        await using var proxy = new ProxyUnderTest(limits: new ProxyLimits { Drain = TimeSpan.FromMilliseconds(50) });
        using var origin = new Origin();
        using var client = await proxy.TunnelAsync(origin.Port);
        using var server = await origin.AcceptAsync();
        await proxy.StopAsync();
        Assert.Equal("<reset>", await client.ReadToEndAsync());
        Assert.Equal("<reset>", await server.ReadToEndAsync());
        Assert.Equal(0, proxy.Ledger.OpenConnections);
    }

    [Fact]
    public async Task Every_connection_is_accounted_for_by_provider_and_outcome()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        proxy.Dns.Names["api.acme.test"] = ["127.0.0.1"];
        proxy.Dns.Names["elsewhere.test"] = ["127.0.0.1"];
        foreach (var name in (string[])["api.acme.test", "elsewhere.test"])
        {
            using var client = await proxy.HttpAsync();
            await client.SendAsync($"CONNECT {name}:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\nping");
            client.FinishSending();
            using var server = await origin.AcceptAsync();
            Assert.Equal("ping", await server.ReadToEndAsync());
            await server.SendAsync("answer");
            server.FinishSending();
            Assert.EndsWith("answer", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }

        await proxy.AskAsync("CONNECT 127.0.0.9:443 HTTP/1.1\r\nHost: x\r\n\r\n");
        var log = await proxy.StopAsync();
        Assert.Equal(
            [
                new LedgerLine("127.0.0.1", "acme", null, 1, 4, 6),
                new LedgerLine("127.0.0.1", null, null, 1, 4, 6),
                new LedgerLine("127.0.0.1", null, ProxyFailure.PolicyDenied, 1, 0, 0),
            ],
            proxy.Ledger.Lines);
        Assert.Contains($"connect client=127.0.0.1 destination=api.acme.test:{origin.Port} outcome=relayed up=4 down=6 ms=", log, StringComparison.Ordinal);
        Assert.Contains("destination=- outcome=policy-denied", log, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_50_a_canary_in_any_part_of_a_request_is_in_no_log_and_no_answer()
    {
        const string canary = "CANARY-7f3a";
        await using var proxy = new ProxyUnderTest(users: [("alice", "s3cret-CANARY-7f3a")]);
        using var origin = new Origin();
        var answers = new List<string>();
        var good = $"Proxy-Authorization: Basic {Convert.ToBase64String("alice:s3cret-CANARY-7f3a"u8)}\r\n";
        foreach (var request in (string[])
            [
                $"GET http://user:{canary}@a.test/ HTTP/1.1\r\nHost: x\r\n\r\n",
                $"GET http://{canary}.test/{canary}?{canary} HTTP/1.1\r\nHost: {canary}\r\n{good}Authorization: Bearer {canary}\r\n\r\n",
                $"{canary} {canary} {canary}\r\n\r\n",
                $"CONNECT {canary}:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic {canary}\r\n\r\n",
                $"GET http://127.0.0.9/{canary} HTTP/1.1\r\nHost: x\r\n{good}Authorization : {canary}\r\n\r\n",
                $"GET http://127.0.0.1:1/{canary} HTTP/1.1\r\nHost: x\r\n{good}\r\n",
            ])
        {
            answers.Add(await proxy.AskAsync(request));
        }

        // What is let through carries Authorization to the server, and the proxy's own credential does not.
        using (var client = await proxy.HttpAsync())
        {
            await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n{good}Authorization: Bearer {canary}\r\n\r\n");
            using var server = await origin.AcceptAsync();
            var head = await server.ReadHeadAsync();
            Assert.Contains($"Authorization: Bearer {canary}\r\n", head, StringComparison.Ordinal);
            Assert.DoesNotContain("Proxy-Authorization", head, StringComparison.OrdinalIgnoreCase);
        }

        var seen = string.Concat(answers) + await proxy.StopAsync() + proxy.Errors;
        Assert.DoesNotContain(canary, seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String("alice:s3cret-CANARY-7f3a"u8), seen, StringComparison.Ordinal);
    }
}
