using Culvert.Linux;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Linux;

public sealed class HostSnapshotTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly (string Part, string Change, string Undo)[] Changes =
    [
        ("routes IPv4", "ip route add unreachable 192.0.2.1", "ip route del unreachable 192.0.2.1"),
        ("routes IPv6", "ip -6 route add unreachable 2001:db8::1", "ip -6 route del unreachable 2001:db8::1"),
        ("rules IPv4", "ip rule add from 192.0.2.1 lookup 100", "ip rule del from 192.0.2.1 lookup 100"),
        ("rules IPv6", "ip -6 rule add from 2001:db8::1 lookup 100", "ip -6 rule del from 2001:db8::1 lookup 100"),
        ("links", "ip link add extra0 type veth peer name extra1", "ip link del extra0"),
        ("nftables", "nft add table inet control", "nft delete table inet control"),
        ("nftables", "nft add rule inet own c drop", "nft flush chain inet own c"),
    ];

    [Fact]
    public async Task Notices_each_change_and_that_it_was_undone()
    {
        await using var space = await TestNamespace.CreateAsync("nft", "sh");
        await space.RunAsync("nft", "add table inet own; add chain inet own c");
        var before = await HostSnapshot.CaptureAsync(space.Standpoint, Token);

        await space.RunAsync("sh", "-c", string.Join(" && ", Changes.Select(change => change.Change)));
        var changed = HostSnapshotComparison.Between(before, await HostSnapshot.CaptureAsync(space.Standpoint, Token)).Differences;
        Assert.All(
            Changes.GroupBy(change => change.Part),
            part => Assert.InRange(changed.Count(line => line.StartsWith($"{part.Key}: added: ", StringComparison.Ordinal)), part.Count(), 2));

        await space.RunAsync("sh", "-c", string.Join(" && ", Changes.Select(change => change.Undo)));
        Assert.Empty(HostSnapshotComparison.Between(before, await HostSnapshot.CaptureAsync(space.Standpoint, Token)).Differences);
    }

    [Fact]
    public async Task Counters_and_the_contents_of_sets_are_no_part_of_it()
    {
        await using var space = await TestNamespace.CreateAsync("nft", "bash");
        await space.RunAsync("nft", "add table ip t; add set ip t s { type ipv4_addr; }; add chain ip t c { type filter hook output priority 0; }; add rule ip t c counter");
        var before = await HostSnapshot.CaptureAsync(space.Standpoint, Token);
        await space.RunAsync("bash", "-c", "nft add element ip t s { 192.0.2.1 }; echo x > /dev/udp/127.0.0.1/99");
        Assert.Matches("packets [1-9]", await space.RunAsync("nft", "list", "ruleset"));
        Assert.Empty(HostSnapshotComparison.Between(before, await HostSnapshot.CaptureAsync(space.Standpoint, Token)).Differences);
    }

    [Fact]
    public async Task Comes_back_from_its_file()
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        using var folder = new TemporaryFolder();
        var taken = await HostSnapshot.CaptureAsync(space.Standpoint, Token);
        Assert.Contains(taken.Parts["sysctls"], line => line.Contains("ip_forward:", StringComparison.Ordinal));
        taken.Write(folder.PathOf(HostSnapshot.FileName));
        var read = HostSnapshot.Read(folder.PathOf(HostSnapshot.FileName))!;
        Assert.Equal(taken.TakenAt, read.TakenAt);
        Assert.Equal(StackText.Of(taken.Parts.Select(part => $"{part.Key}={StackText.Of(part.Value)}")), StackText.Of(read.Parts.Select(part => $"{part.Key}={StackText.Of(part.Value)}")));
        Assert.Null(HostSnapshot.Read(folder.PathOf("missing")));
    }

    [Fact]
    public void Each_line_of_a_ruleset_says_where_it_stands() => Assert.Equal(
        [
            "table ip filter",
            "table ip filter / chain FORWARD",
            "table ip filter / chain FORWARD: type filter hook forward priority filter; policy drop;",
            "table ip filter / chain FORWARD: tcp dport { 1, 2 } accept",
            "table ip filter / set s",
            "table ip filter / set s: type ipv4_addr",
            "table ip6 filter",
        ],
        HostSnapshot.FlattenRuleset("""
            # Warning: table ip filter is managed by iptables-nft, do not touch!
            table ip filter {
            	chain FORWARD {
            		type filter hook forward priority filter; policy drop;
            		tcp dport { 1, 2 } accept
            	}
            	set s {
            		type ipv4_addr
            	}
            }
            table ip6 filter {
            }
            """));
}
