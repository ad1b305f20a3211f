using Culvert.Stack;
using Culvert.Verification;

namespace Culvert.Tests.Verification;

public sealed class RouteAuditTests
{
    private const string Rules = """{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"},{"priority":32767,"src":"all","table":"default"}""";
    private const string BoundRule = """{"priority":32765,"src":"all","oif":"uplink0","table":"100"},""";
    private const string Nowhere = """{"type":"unreachable","dst":"default","metric":4294967295,"flags":[]}""";
    private const string BoundTable = """{"dst":"default","gateway":"172.30.97.2","dev":"uplink0","table":"100","flags":[]}""";

    private static readonly NamespaceReport Report = new(
        new InterfaceReport("uplink0", "172.30.97.100", 24, "172.30.97.2"), null, [new Carrier("tcp", "203.0.113.7", 443)], "", default);

    [Theory]
    [InlineData("""{"dst":"203.0.113.7","gateway":"172.30.97.2","dev":"uplink0","flags":[]}""")]
    [InlineData("""{"dst":"172.30.97.0/24","dev":"uplink0","protocol":"kernel","scope":"link","flags":[]}""")]
    [InlineData("""{"dst":"172.30.97.2","dev":"uplink0","scope":"link","flags":[]}""")]
    [InlineData("""{"type":"local","dst":"172.30.97.100","dev":"uplink0","table":"local","flags":[]}""")]
    [InlineData("""{"type":"broadcast","dst":"172.30.97.255","dev":"uplink0","table":"local","flags":[]}""")]
    [InlineData("""{"dst":"default","dev":"tun0","scope":"link","metric":50,"flags":[]}""")]
    public void What_belongs_there_is_no_problem(string route) => Assert.Empty(Problems(route, Rules));

    [Theory]
    [InlineData("""{"dst":"default","gateway":"172.30.97.2","dev":"uplink0","flags":[]}""")]
    [InlineData("""{"dst":"0.0.0.0/1","gateway":"172.30.97.2","dev":"uplink0","flags":[]}""")]
    [InlineData("""{"dst":"198.51.100.1","gateway":"172.30.97.2","dev":"uplink0","flags":[]}""")]
    [InlineData("""{"type":"unicast","dst":"198.51.100.1","dev":"uplink0","flags":[]}""")]
    [InlineData("""{"dst":"172.30.96.0/23","dev":"uplink0","flags":[]}""")]
    [InlineData("""{"dst":"203.0.113.0/24","gateway":"172.30.97.2","dev":"uplink0","flags":[]}""")]
    [InlineData("""{"dst":"198.51.100.0/24","flags":[],"nexthops":[{"dev":"tun0"},{"gateway":"172.30.97.2","dev":"uplink0","weight":1}]}""")]
    [InlineData(BoundTable)]
    public void What_leads_out_by_the_uplink_is_one(string route) =>
        Assert.StartsWith("a route leads out by the uplink past the guard's plan: {", Assert.Single(Problems(route, Rules)));

    [Fact]
    public void A_table_for_sockets_bound_to_the_uplink_may_lead_on() => Assert.Empty(Problems(BoundTable, BoundRule + Rules));

    [Theory]
    [InlineData("""{"priority":32764,"src":"all","table":"100"},""")]
    [InlineData("""{"priority":32764,"src":"10.0.0.1","table":"100"},""")]
    [InlineData("""{"priority":32764,"src":"all","oif":"vpnnet0","table":"100"},""")]
    public void Unless_others_are_sent_to_it_too(string rule) => Assert.Single(Problems(BoundTable, rule + BoundRule + Rules));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""[{"type":"unreachable","dst":"default","metric":4294967295,"table":"100","flags":[]}]""")]
    [InlineData("""[{"type":"unreachable","dst":"10.0.0.0/8","flags":[]}]""")]
    public void Without_an_end_in_unreachable_there_is_one(string routes) =>
        Assert.Contains("there is no `unreachable default`", Assert.Single(RouteAudit.Problems(routes, $"[{Rules}]", Report)));

    [Fact]
    public void A_rule_that_looks_at_a_mark_is_found()
    {
        Assert.Empty(RouteAudit.MarksIn($"[{BoundRule}{Rules}]"));
        Assert.Empty(RouteAudit.MarksIn(""));
        Assert.Equal(
            ["ip rule 100 looks at the firewall mark 0x1"],
            RouteAudit.MarksIn($$"""[{"priority":100,"src":"all","fwmark":"0x1","fwmask":"0xff","table":"100"},{{Rules}}]"""));
    }

    private static IReadOnlyList<string> Problems(string route, string rules) => RouteAudit.Problems($"[{Nowhere},{route}]", $"[{rules}]", Report);
}
