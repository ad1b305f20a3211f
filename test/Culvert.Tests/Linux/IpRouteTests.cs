using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class IpRouteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_what_it_sets()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.IpAsync("link add eth0 type veth peer name peer0", "link set eth0 up", "link set peer0 up");
        var ip = new IpRoute(space.Standpoint);
        await ip.ReplaceAddressAsync("eth0", "192.0.2.1/24", Token);
        await ip.ReplaceAddressAsync("eth0", "192.0.2.1/24", Token);
        var route = new IpRouteEntry("198.51.100.0/24", "192.0.2.2", "eth0", Metric: 7);
        await ip.ReplaceRouteAsync(route, Token);
        await ip.AddOutputRuleAsync("eth0", "100", Token);

        Assert.Equal("192.0.2.1", Assert.Single((await ip.InterfacesAsync(Token)).Single(i => i.Name == "eth0").Addresses!, a => a.Family == "inet").Local);
        Assert.Contains(await ip.RoutesAsync(Token), found => found == route);
        Assert.Contains(await ip.RulesAsync(Token), rule => rule is { OutputInterface: "eth0", Table: "100", FirewallMark: null });

        await ip.DeleteRouteAsync(route, Token);
        Assert.DoesNotContain(await ip.RoutesAsync(Token), found => found.Destination == route.Destination);
        await ip.SetLinkAsync("eth0", up: false, Token);
        Assert.False((await ip.InterfacesAsync(Token)).Single(i => i.Name == "eth0").IsUp);
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_empty()
    {
        await using var space = await TestNamespace.CreateAsync();
        Assert.Empty(await new IpRoute(space.Standpoint).RoutesAsync(Token));
    }

    [Fact]
    public async Task A_failure_says_what_was_tried_and_what_ip_answered()
    {
        await using var space = await TestNamespace.CreateAsync();
        var failure = await Assert.ThrowsAsync<SubprocessFailedException>(() => new IpRoute(space.Standpoint).SetLinkAsync("nothing0", up: true, Token));
        Assert.Contains("link set dev nothing0 up", failure.Message);
        Assert.Contains("Cannot find device", failure.Message);
    }

    [Fact]
    public async Task A_rule_with_a_firewall_mark_is_read_with_it()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.IpAsync("rule add fwmark 0x7 lookup 100");
        Assert.Equal("0x7", Assert.Single(await new IpRoute(space.Standpoint).RulesAsync(Token), rule => rule.FirewallMark is not null).FirewallMark);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("[]")]
    [InlineData("[{},{}]")]
    public void Nothing_and_the_holes_of_a_filter_are_no_interfaces(string json) => Assert.Empty(IpRoute.ParseInterfaces(json));

    [Fact]
    public void The_words_of_a_route_are_those_that_ip_takes() => Assert.Equal(
        ["unreachable", "default", "metric", "4294967295"], new IpRouteEntry(IpRouteEntry.Default, Metric: uint.MaxValue, Type: "unreachable").ToArguments());
}
