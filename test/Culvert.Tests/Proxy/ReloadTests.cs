using Culvert.Stack;

namespace Culvert.Tests.Proxy;

public sealed class ReloadTests
{
    [Fact]
    public async Task Destinations_change_for_new_requests_and_an_open_tunnel_goes_on()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var tunnel = await proxy.TunnelAsync(origin.Port);
        using var server = await origin.AcceptAsync();
        proxy.Reload(DestinationScope.Llm);
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskAsync($"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        await tunnel.SendAsync("still");
        Assert.Equal("still", await server.ReadTextAsync(5));
        await server.SendAsync("here");
        Assert.Equal("here", await tunnel.ReadTextAsync(4));
        proxy.Reload(DestinationScope.Public);
        using var again = await proxy.TunnelAsync(origin.Port);
    }

    [Fact]
    public async Task Users_change_for_new_connections()
    {
        await using var proxy = new ProxyUnderTest(users: [("alice", "old")]);
        Assert.Equal(1, await SignInAsync(proxy, "new"));
        proxy.Reload(DestinationScope.Public, ("alice", "new"));
        Assert.Equal(0, await SignInAsync(proxy, "new"));
        Assert.Equal(1, await SignInAsync(proxy, "old"));
    }

    [Fact]
    public async Task A_password_file_that_cannot_be_read_leaves_what_was()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        Assert.ThrowsAny<IOException>(() => proxy.ReloadWithoutPasswordFile(DestinationScope.Llm));
        using var tunnel = await proxy.TunnelAsync(origin.Port);
    }

    private static async Task<int> SignInAsync(ProxyUnderTest proxy, string password)
    {
        using var client = await proxy.SocksAsync();
        await client.SendAsync([5, 1, 2, 1, 5, .. "alice"u8, (byte)password.Length, .. password.Select(letter => (byte)letter)]);
        return (await client.ReadAsync(4))[3];
    }
}
