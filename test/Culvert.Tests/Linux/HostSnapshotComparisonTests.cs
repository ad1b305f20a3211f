using CsCheck;
using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class HostSnapshotComparisonTests
{
    [Fact]
    public void The_same_lines_are_no_difference() => Assert.Equal(
        (0, 0), Count(Compare("routes IPv4", ["a", "b", "b"], ["b", "a", "b"])));

    [Fact]
    public void What_went_and_what_came_is_named_with_its_part() => Assert.Equal(
        ["routes IPv4: gone: default via 192.0.2.1 dev eth0", "routes IPv4: added: default via 192.0.2.2 dev eth0"],
        Compare("routes IPv4", ["default via 192.0.2.1 dev eth0"], ["default via 192.0.2.2 dev eth0"]).Differences);

    [Fact]
    public void A_line_that_is_there_once_more_is_a_difference() =>
        Assert.Equal(["nftables: added: a"], Compare("nftables", ["a"], ["a", "a"]).Differences);

    [Fact]
    public void A_part_that_only_one_of_them_has_is_a_difference() => Assert.Equal(
        ["links: gone: eth0"],
        HostSnapshotComparison.Between(Snapshot(("links", ["eth0"])), Snapshot()).Differences);

    [Theory]
    [InlineData("172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1")]
    [InlineData("docker0")]
    [InlineData("br-0123456789ab")]
    [InlineData("veth0a1b2c3")]
    [InlineData("table ip filter / chain DOCKER-USER")]
    [InlineData("table ip nat / chain POSTROUTING: ip saddr 172.17.0.0/16 oifname != \"docker0\" counter masquerade")]
    [InlineData("table ip nat / chain PREROUTING: fib daddr type local counter jump DOCKER")]
    [InlineData("/proc/sys/net/ipv4/conf/docker_gwbridge/forwarding:1")]
    public void The_container_engines_own_objects_are_counted_apart(string line) =>
        Assert.Equal((0, 1), Count(Compare("links", [], [line])));

    [Theory]
    [InlineData("table ip nat / chain POSTROUTING: ip saddr 172.30.97.2 ip daddr 172.30.97.2 tcp dport 8080 counter masquerade", 1)]
    [InlineData("table ip nat / chain POSTROUTING: ip saddr 172.30.97.2 ip daddr 172.30.97.3 tcp dport 8080 counter masquerade", 0)]
    [InlineData("table ip nat / chain POSTROUTING: ip saddr 172.30.97.2 counter masquerade", 0)]
    public void The_engines_masquerade_of_a_published_port_names_one_address_twice(string line, int own) =>
        Assert.Equal((1 - own, own), Count(Compare("nftables", [], [line])));

    [Theory]
    [InlineData("table ip raw")]
    [InlineData("table ip raw / chain PREROUTING")]
    [InlineData("table ip raw / chain PREROUTING: type filter hook prerouting priority raw; policy accept;")]
    public void A_table_that_iptables_makes_is_the_engines_when_a_rule_of_the_engine_stands_in_it(string line)
    {
        const string Rule = "table ip raw / chain PREROUTING: ip daddr 172.30.97.2 iifname != \"br-0123456789ab\" counter drop";
        Assert.Equal((0, 2), Count(Compare("nftables", [], [line, Rule])));
        Assert.Equal((1, 0), Count(Compare("nftables", [], [line])));
        Assert.Equal((2, 0), Count(Compare("nftables", [], [line, "table ip raw / chain PREROUTING: ip daddr 192.0.2.1 accept"])));
    }

    [Fact]
    public void The_engine_may_close_FORWARD_and_nobody_opens_it_unseen()
    {
        string Forward(string policy) => $"table ip filter / chain FORWARD: type filter hook forward priority filter; policy {policy};";
        const string Engine = "table ip filter / chain DOCKER";
        Assert.Equal((0, 2), Count(Compare("nftables", [Forward("accept"), Engine], [Forward("drop"), Engine])));
        Assert.Equal((1, 1), Count(Compare("nftables", [Forward("drop"), Engine], [Forward("accept"), Engine])));
        Assert.Equal((2, 0), Count(Compare("nftables", [Forward("accept")], [Forward("drop")])));
    }

    [Fact]
    public void The_filter_of_bridges_comes_with_the_engines_bridges()
    {
        const string Filter = "/proc/sys/net/bridge/bridge-nf-call-iptables:1";
        Assert.Equal((0, 2), Count(HostSnapshotComparison.Between(Snapshot(), Snapshot(("links", ["br-0123456789ab"]), ("sysctls", [Filter])))));
        Assert.Equal((1, 0), Count(Compare("sysctls", [], [Filter])));
    }

    [Theory]
    [InlineData("br-lan")]
    [InlineData("br-0123456789abc")]
    [InlineData("veth0")]
    [InlineData("docker0x")]
    [InlineData("mydocker0")]
    [InlineData("table ip filter / chain MYDOCKER")]
    [InlineData("default via 192.0.2.1 dev eth0")]
    public void What_only_looks_like_them_is_not(string line) =>
        Assert.Equal((1, 0), Count(Compare("links", [], [line])));

    [Fact]
    public void Rules_in_another_order_are_a_difference() =>
        Assert.Equal(["nftables: the same lines in another order"], Compare("nftables", ["accept", "drop"], ["drop", "accept"]).Differences);

    [Fact]
    public void Rules_in_another_order_are_seen_beside_a_change_of_the_engine() => Assert.Equal(
        ["nftables: the same lines in another order"],
        Compare("nftables", ["accept", "drop"], ["drop", "chain DOCKER", "accept"]).Differences);

    [Fact]
    public void Where_the_engine_puts_its_own_rules_does_not_matter() =>
        Assert.Empty(Compare("nftables", ["chain DOCKER", "accept", "drop"], ["accept", "chain DOCKER", "drop"]).Differences);

    [Fact]
    public void Any_two_different_rulesets_differ_in_both_directions() => Gen.Select(Gen.OneOf("a", "b", "c").Array[0, 6], Gen.OneOf("a", "b", "c").Array[0, 6]).Sample((before, now) =>
        (Compare("nftables", before, now).Differences.Count > 0) == !before.SequenceEqual(now)
        && (Compare("nftables", now, before).Differences.Count > 0) == !before.SequenceEqual(now));

    private static (int, int) Count(HostSnapshotComparison comparison) => (comparison.Differences.Count, comparison.EngineOwn);

    private static HostSnapshotComparison Compare(string part, string[] before, string[] now) =>
        HostSnapshotComparison.Between(Snapshot((part, before)), Snapshot((part, now)));

    private static HostSnapshot Snapshot(params (string Part, string[] Lines)[] parts) =>
        new(DateTimeOffset.UnixEpoch, parts.ToDictionary(part => part.Part, part => (IReadOnlyList<string>)part.Lines));
}
