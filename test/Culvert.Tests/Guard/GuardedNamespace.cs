using Culvert.Guard;
using Culvert.Tests.Linux;

namespace Culvert.Tests.Guard;

/// <summary>A namespace with the uplink of <see cref="Plans.Typical"/>, and one behind it that counts what arrives there.</summary>
internal sealed class GuardedNamespace : IAsyncDisposable
{
    private const string GatewayHardware = "02:00:00:00:00:01";

    private GuardedNamespace(TestNamespace inside, TestNamespace outside)
    {
        Inside = inside;
        Outside = outside;
    }

    public TestNamespace Inside { get; }

    public TestNamespace Outside { get; }

    /// <summary>The route leads everything to the gateway, as an injected one would.</summary>
    public static async Task<GuardedNamespace> CreateAsync()
    {
        var (inside, outside) = (await TestNamespace.CreateAsync("nft", "setpriv", "bash"), await TestNamespace.CreateAsync());
        var (uplink, gateway) = (Plans.Typical.Uplink, Plans.Typical.Uplink.Gateway);
        await inside.ConnectAsync(uplink.Name, $"{uplink.Address}/24", outside, "gateway0", $"{gateway}/24");
        await outside.IpAsync($"link set gateway0 address {GatewayHardware}");
        await inside.IpAsync(
            $"route add default via {gateway}",
            "address add fd00::100/64 dev uplink0 nodad",
            $"neighbour add fd00::1 lladdr {GatewayHardware} dev uplink0",
            "route add default via fd00::1");
        // Counted at ingress and dropped, so that nobody answers.
        await outside.RunAsync("nft", "add table netdev seen; add chain netdev seen in { type filter hook ingress device gateway0 priority 0; policy accept; }; add rule netdev seen in ether type ip counter drop; add rule netdev seen in ether type ip6 counter drop");
        return new GuardedNamespace(inside, outside);
    }

    public Task GuardAsync() => new Nft(Inside.Standpoint).ReplaceAsync(Ruleset.Of(Plans.Typical), TestContext.Current.CancellationToken);

    /// <summary>Sends one datagram, or opens a connection that nobody answers; how it fails does not matter.</summary>
    public Task TryAsync(int uid, string protocol, string address, int port) => Inside.Standpoint.RunAsync(
        "setpriv",
        ["--reuid", $"{uid}", "--clear-groups", "timeout", "0.1", "bash", "-c", $"echo x > /dev/{protocol}/{address}/{port}"],
        TestContext.Current.CancellationToken);

    /// <summary>IP packets that have left by the uplink until now.</summary>
    public async Task<int> LeftAsync()
    {
        var listing = await Outside.RunAsync("nft", "list", "table", "netdev", "seen");
        return listing.Split("packets ").Skip(1).Sum(rest => int.Parse(rest.Split(' ')[0]));
    }

    public async ValueTask DisposeAsync()
    {
        await Inside.DisposeAsync();
        await Outside.DisposeAsync();
    }
}
