using CsCheck;
using Culvert.Guard;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tests.Linux;
using Culvert.Verification;

namespace Culvert.Tests.Guard;

public sealed class RoutePlanTests
{
    private static readonly NamespacePlan AnyServer = Plans.Typical with { Carriers = [new Carrier("tcp", null, 443)] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_carrier_goes_by_the_uplinks_gateway_and_everything_else_nowhere() => Assert.Equal(
        ["unreachable default metric 4294967295", "203.0.113.7 via 172.30.97.2 dev uplink0"],
        RoutePlan.Of(Plans.Typical, [], []).Replace.Select(route => route.ToString()));

    [Fact]
    public void A_carrier_on_the_uplinks_own_network_needs_no_route() => Assert.Single(
        RoutePlan.Of(Plans.Typical with { Carriers = [new Carrier("tcp", "172.30.97.9", 443)] }, [], []).Replace);

    [Fact]
    public void Two_carriers_at_one_address_are_one_route() => Assert.Equal(
        2,
        RoutePlan.Of(Plans.Typical with { Carriers = [new Carrier("tcp", "203.0.113.7", 443), new Carrier("udp", "203.0.113.7", 1194)] }, [], []).Replace.Length);

    [Fact]
    public void A_server_that_is_not_known_beforehand_gets_a_table_for_sockets_bound_to_the_uplink()
    {
        var plan = RoutePlan.Of(AnyServer, [], []);
        Assert.Equal(["unreachable default metric 4294967295", "default via 172.30.97.2 dev uplink0 table 100"], plan.Replace.Select(route => route.ToString()));
        Assert.Equal("uplink0", plan.OutputRule);
    }

    [Fact]
    public void A_server_that_bound_sockets_reach_gets_no_route_that_others_would_follow()
    {
        var plan = RoutePlan.Of(Plans.Typical with { Carriers = [new Carrier("tcp", "94.140.14.14", 853) { Bound = true }] }, [], []);
        Assert.Equal(["unreachable default metric 4294967295", "default via 172.30.97.2 dev uplink0 table 100"], plan.Replace.Select(route => route.ToString()));
        Assert.Equal("uplink0", plan.OutputRule);
    }

    [Theory]
    [InlineData("uplink0", "100", null)]
    [InlineData("uplink0", "101", "uplink0")]
    [InlineData("vpnnet0", "100", "uplink0")]
    [InlineData(null, "100", "uplink0")]
    public void A_rule_that_is_there_already_is_not_added_again(string? device, string table, string? added) =>
        Assert.Equal(added, RoutePlan.Of(AnyServer, [], [new IpRuleEntry(32765, device, table, null)]).OutputRule);

    [Theory]
    [InlineData("""{"dst":"default","gateway":"172.30.97.2","dev":"uplink0","flags":[]}""", true)]
    [InlineData("""{"dst":"default","dev":"uplink0","scope":"link","metric":3,"flags":[]}""", true)]
    [InlineData("""{"dst":"default","gateway":"172.30.98.1","dev":"vpnnet0","flags":[]}""", true)]
    [InlineData("""{"dst":"198.51.100.0/24","gateway":"172.30.97.3","dev":"uplink0","flags":[]}""", true)]
    [InlineData("""{"dst":"198.51.100.0/24","flags":[],"nexthops":[{"gateway":"172.30.97.3","dev":"uplink0","weight":1,"flags":[]}]}""", true)]
    [InlineData("""{"dst":"203.0.113.7","gateway":"172.30.97.9","dev":"uplink0","flags":[]}""", true)]
    [InlineData("""{"dst":"203.0.113.7","gateway":"172.30.97.2","dev":"uplink0","metric":7,"flags":[]}""", true)]
    [InlineData("""{"dst":"203.0.113.7","gateway":"172.30.97.2","dev":"uplink0","flags":[]}""", false)]
    [InlineData("""{"dst":"default","dev":"tun0","scope":"link","metric":50,"flags":[]}""", false)]
    [InlineData("""{"type":"unreachable","dst":"default","metric":4294967295,"flags":[]}""", false)]
    [InlineData("""{"dst":"172.30.97.0/24","dev":"uplink0","protocol":"kernel","scope":"link","prefsrc":"172.30.97.100","flags":[]}""", false)]
    public void What_leads_out_past_the_plan_is_deleted(string json, bool deleted) =>
        Assert.Equal(deleted ? 1 : 0, RoutePlan.Of(Plans.Typical, IpRoute.ParseRoutes($"[{json}]"), []).Delete.Length);

    [Fact]
    public void Only_with_an_unknown_server_is_there_a_default_by_the_uplink_and_not_in_the_main_table() => Plans.Any.Sample(plan => Assert.All(
        RoutePlan.Of(plan, [], []).Replace.Where(route => route is { Destination: IpRouteEntry.Default, Type: null }),
        route => Assert.True(route.Table == RoutePlan.UplinkTable && plan.Carriers.Any(carrier => carrier.Address is null || carrier.Bound))));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Applied_it_passes_the_audit_and_has_nothing_left_to_delete(bool unknownServer)
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var outside = await TestNamespace.CreateAsync();
        await space.ConnectAsync("uplink0", "172.30.97.100/24", outside, "gateway0", "172.30.97.2/24");
        await space.IpAsync(
            "route add default via 172.30.97.2",
            "route add default via 172.30.97.3 metric 10",
            "route add default metric 20 nexthop via 172.30.97.4 nexthop via 172.30.97.5",
            "route add 198.51.100.0/24 nexthop via 172.30.97.4 nexthop via 172.30.97.5",
            "route add 203.0.113.7 via 172.30.97.9");
        var (plan, ip) = (unknownServer ? AnyServer : Plans.Typical, new IpRoute(space.Standpoint));
        // Twice: hold may be started again in the same namespace.
        for (var time = 0; time < 2; time++)
        {
            await RoutePlan.Of(plan, await ip.RoutesAsync(Token), await ip.RulesAsync(Token)).ApplyAsync(ip, Token);
        }

        var left = await ip.RoutesAsync(Token);
        Assert.Empty(RoutePlan.Of(plan, left, []).Delete);
        Assert.Contains(left, route => route is { Destination: IpRouteEntry.Default, Type: "unreachable", Metric: uint.MaxValue });
        Assert.Equal(unknownServer ? 1 : 0, (await ip.RulesAsync(Token)).Count(rule => rule.OutputInterface == "uplink0"));
        var report = new NamespaceReport(plan.Uplink, null, plan.Carriers, "", default);
        Assert.Empty(RouteAudit.Problems(
            await space.RunAsync("ip", "-4", "-json", "route", "show", "table", "all"), await space.RunAsync("ip", "-4", "-json", "rule", "show"), report));
    }
}
