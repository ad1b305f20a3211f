namespace Culvert.Tests.Guard;

/// <summary>What the rules mean to a real kernel: each try is first made without the guard, where it must be seen leaving.</summary>
public sealed class GuardedNamespaceTests
{
    private const string Carrier = "203.0.113.7";

    [Theory]
    [InlineData(970, "tcp", Carrier, 443, true)]
    [InlineData(1000, "tcp", Carrier, 443, false)]
    [InlineData(0, "tcp", Carrier, 443, false)]
    [InlineData(970, "tcp", Carrier, 444, false)]
    [InlineData(970, "udp", Carrier, 443, false)]
    [InlineData(970, "tcp", "203.0.113.8", 443, false)]
    [InlineData(0, "udp", "8.8.8.8", 53, false)]
    [InlineData(0, "udp", "172.30.97.2", 53, false)]
    [InlineData(1053, "tcp", "94.140.14.14", 853, false)]
    [InlineData(0, "udp", "2001:db8::1", 53, false)]
    public async Task Only_the_carrier_leaves(int uid, string protocol, string address, int port, bool leaves)
    {
        await using var space = await GuardedNamespace.CreateAsync();
        if (address.Contains(':', StringComparison.Ordinal))
        {
            await space.Inside.IpAsync("address add fd00::100/64 dev uplink0 nodad", "neighbour add fd00::1 lladdr 02:00:00:00:00:01 dev uplink0", "route add default via fd00::1");
            await space.Outside.IpAsync("link set gateway0 address 02:00:00:00:00:01");
        }

        await space.TryAsync(uid, protocol, address, port);
        var without = await space.LeftAsync();
        Assert.True(without > 0, "the detector does not see the try without the guard");

        await space.GuardAsync();
        var before = await space.LeftAsync();
        await space.TryAsync(uid, protocol, address, port);
        Assert.Equal(leaves, await space.LeftAsync() > before);
    }
}
