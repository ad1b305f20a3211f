using System.Net;
using Culvert.Proxy;
using Culvert.Stack;

namespace Culvert.Tests.Proxy.Users;

/// <summary>Limits and policy of one application, by its address or its user.</summary>
public sealed class ApplicationLimitTests
{
    private const string Application = "127.0.8.5";

    [Fact]
    public async Task A_user_with_its_share_used_up_gets_reply_2_or_429_and_others_are_served()
    {
        await using var proxy = new ProxyUnderTest(users: [("alice", "a"), ("bob", "b")], settings: With("alice", connections: 2));
        using var origin = new Origin();
        using var first = await SocksAsync(proxy, "alice", origin.Port, 0);
        using var second = await ConnectAsync(proxy, "alice", origin.Port, "200");
        using var third = await SocksAsync(proxy, "alice", origin.Port, 2);
        using var fourth = await ConnectAsync(proxy, "alice", origin.Port, "429");
        using var other = await SocksAsync(proxy, "bob", origin.Port, 0);
        Assert.Contains(proxy.Calls.Lines, line => line is { Application: "alice", Outcome: "share-used-up", Calls: >= 1 });

        // A place that is given back is free again.
        first.Dispose();
        (await origin.AcceptAsync()).Dispose();
        await UntilServedAsync(proxy, "alice", origin.Port);
    }

    [Fact]
    public async Task A_limit_changes_for_new_connections_and_the_open_ones_go_on()
    {
        await using var proxy = new ProxyUnderTest(users: [("alice", "a")]);
        using var origin = new Origin();
        using var tunnel = await SocksAsync(proxy, "alice", origin.Port, 0);
        using var server = await origin.AcceptAsync();
        using var another = await SocksAsync(proxy, "alice", origin.Port, 0);
        proxy.Reload(With("alice", connections: 1));
        using var refused = await SocksAsync(proxy, "alice", origin.Port, 2);
        await tunnel.SendAsync("still");
        Assert.Equal("still", await server.ReadTextAsync(5));
        await server.SendAsync("here");
        Assert.Equal("here", await tunnel.ReadTextAsync(4));
        proxy.Reload(With("alice", connections: 3));
        using var again = await SocksAsync(proxy, "alice", origin.Port, 0);
    }

    [Fact]
    public async Task A_kept_connection_that_changes_its_user_gives_the_first_ones_place_back()
    {
        await using var proxy = new ProxyUnderTest(users: [("alice", "a"), ("bob", "b")], settings: With("alice", connections: 1));
        using var client = await proxy.HttpAsync();
        foreach (var user in (string[])["alice", "bob"])
        {
            await client.SendAsync($"GET http://127.0.0.9/ HTTP/1.1\r\nHost: x\r\n{Credentials(user)}\r\n");
            Assert.StartsWith("HTTP/1.1 403 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
            await client.ReadUntilAsync("\n");
        }

        using var origin = new Origin();
        using var tunnel = await SocksAsync(proxy, "alice", origin.Port, 0);
    }

    [Fact]
    public async Task A_kept_connection_to_a_server_is_not_used_for_another_user()
    {
        await using var proxy = new ProxyUnderTest(users: [("alice", "a"), ("bob", "b")], settings: With("bob", destinations: DestinationScope.Llm));
        using var origin = new Origin();
        using var client = await proxy.HttpAsync();
        await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n{Credentials("alice")}\r\n");
        using var server = await origin.AcceptAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.SendAsync($"GET http://127.0.0.1:{origin.Port}/ HTTP/1.1\r\nHost: x\r\n{Credentials("bob")}\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("", await server.ReadToEndAsync());
    }

    [Fact]
    public async Task An_application_with_its_share_used_up_is_refused_at_its_address_and_dev_is_served()
    {
        await using var proxy = new ProxyUnderTest(settings: settings => settings with
        {
            Applications = [new ProxyApplication(IPAddress.Parse(Application), new ApplicationSettings(1, null, [], null))],
        });
        using var origin = new Origin();
        using var first = await proxy.HttpAsync(Application);
        await first.SendAsync($"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await first.ReadHeadAsync(), StringComparison.Ordinal);
        using (var second = await proxy.HttpAsync(Application))
        {
            Assert.StartsWith("HTTP/1.1 429 ", await second.ReadUntilAsync("\n"), StringComparison.Ordinal);
        }

        using var dev = await proxy.TunnelAsync(origin.Port);
    }

    [Fact]
    public async Task What_is_written_for_an_address_takes_the_place_of_the_general_keys_and_a_users_word_restricts_it()
    {
        await using var proxy = new ProxyUnderTest(DestinationScope.Llm, users: [("alice", "a"), ("bob", "b")], ports: [443], settings: settings =>
            With("bob", destinations: DestinationScope.List, domains: "listed.test")(settings) with
            {
                Applications = [new ProxyApplication(IPAddress.Parse(Application), new ApplicationSettings(null, DestinationScope.Public, [], [443, 8443]))],
            });
        (string From, string User, string Target, string Expected)[] cases =
        [
            ("127.0.0.1", "alice", "elsewhere.test:443", "403"),
            ("127.0.0.1", "alice", "api.acme.test:443", "502"),
            ("127.0.0.1", "alice", "api.acme.test:8443", "403"),
            (Application, "alice", "elsewhere.test:443", "502"),
            (Application, "alice", "elsewhere.test:8443", "502"),
            (Application, "alice", "elsewhere.test:80", "403"),
            (Application, "alice", "127.0.0.9:443", "403"),
            (Application, "bob", "elsewhere.test:443", "403"),
            (Application, "bob", "a.listed.test:443", "502"),
            (Application, "bob", "a.listed.test:8443", "403"),
            ("127.0.0.1", "bob", "a.listed.test:443", "502"),
            ("127.0.0.1", "bob", "api.acme.test:443", "403"),
        ];
        foreach (var (from, user, target, expected) in cases)
        {
            var answer = await proxy.AskAsync($"CONNECT {target} HTTP/1.1\r\nHost: x\r\n{Credentials(user)}\r\n", from);
            Assert.True(answer.StartsWith($"HTTP/1.1 {expected} ", StringComparison.Ordinal), $"{user} from {from} to {target}: {answer}");
        }
    }

    [Fact]
    public void Whoever_calls_from_an_address_of_this_namespace_is_dev()
    {
        var addresses = new ApplicationAddresses(IPNetwork.Parse("172.30.98.0/24"), address => address.Equals(IPAddress.Parse("172.30.98.2")));
        Assert.Equal("172.30.98.3", $"{addresses.Of(IPAddress.Parse("172.30.98.3"))}");
        Assert.All(["127.0.0.1", "127.9.9.9", "172.30.98.2", "172.30.97.100", "10.8.0.2"], own => Assert.Equal("127.0.0.1", $"{addresses.Of(IPAddress.Parse(own))}"));
    }

    private static Func<ProxySettings, ProxySettings> With(
        string user, int? connections = null, DestinationScope? destinations = null, params string[] domains) => settings => settings with
        {
            Users = [.. settings.Users.Select(each => each.Name != user ? each : each with
            {
                Own = new ApplicationSettings(connections, destinations, [.. domains.Select(domain => new DomainSuffix(domain))], null),
            })],
        };

    private static string Credentials(string user) =>
        $"Proxy-Authorization: Basic {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{user}:{user[0]}"))}\r\n";

    private static async Task<Peer> SocksAsync(ProxyUnderTest proxy, string user, int port, int reply)
    {
        var client = await proxy.SocksAsync();
        await client.SendAsync(
            [5, 1, 2, 1, (byte)user.Length, .. user.Select(letter => (byte)letter), 1, (byte)user[0], 5, 1, 0, 1, 127, 0, 0, 1, (byte)(port >> 8), (byte)port]);
        var answer = await client.ReadAsync(14);
        Assert.Equal([5, 2, 1, 0, 5, (byte)reply], answer[..6]);
        return client;
    }

    private static async Task<Peer> ConnectAsync(ProxyUnderTest proxy, string user, int port, string status)
    {
        var client = await proxy.HttpAsync();
        await client.SendAsync($"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n{Credentials(user)}\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        return client;
    }

    private static async Task UntilServedAsync(ProxyUnderTest proxy, string user, int port)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            Assert.False(limit.IsCancellationRequested, "the place was not given back");
            using var client = await proxy.HttpAsync();
            await client.SendAsync($"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n{Credentials(user)}\r\n");
            if ((await client.ReadHeadAsync()).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
            {
                return;
            }
        }
    }
}
