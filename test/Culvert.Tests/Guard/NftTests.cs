using CsCheck;
using Culvert.Guard;
using Culvert.Linux;
using Culvert.Tests.Linux;

namespace Culvert.Tests.Guard;

/// <summary>The guard in a real kernel, in namespaces that the tests make.</summary>
public sealed class NftTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_any_plan_and_gives_back_what_was_meant()
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        var nft = new Nft(space.Standpoint);
        await Plans.Any.SampleAsync(
            async plan =>
            {
                Assert.Empty(plan.Problems());
                await nft.ReplaceAsync(Ruleset.Of(plan), Token);
                Assert.Empty(GuardCheck.Differences(plan, await nft.ListAsync(Token)));
            },
            iter: 20,
            threads: 1);
    }

    [Fact]
    public async Task Only_checks_what_render_prints()
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        await space.Standpoint.RequireAsync("nft", ["-c", "-f", "-"], Token, Ruleset.Transaction(Ruleset.Of(Plans.Typical)));
        Assert.Empty(await new Nft(space.Standpoint).ListAsync(Token));
    }

    [Theory]
    [InlineData("insert rule inet culvert output accept")]
    [InlineData("add rule inet culvert input accept")]
    [InlineData("insert rule inet culvert refuse accept")]
    [InlineData("add chain inet culvert output { policy accept; }")]
    [InlineData("add chain inet culvert forward { policy accept; }")]
    [InlineData("flush chain inet culvert output")]
    [InlineData("flush ruleset")]
    [InlineData("delete table inet culvert")]
    [InlineData("add table inet culvert { flags dormant; }")]
    [InlineData("add set inet culvert addresses { type ipv4_addr; }")]
    [InlineData("add table ip other")]
    [InlineData("insert rule inet culvert output meta mark set 1")]
    [InlineData("add chain inet culvert early { type filter hook output priority -500; }")]
    public async Task A_damage_is_noticed_and_mended_by_loading_again(string damage)
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        var nft = new Nft(space.Standpoint);
        await nft.ReplaceAsync(Ruleset.Of(Plans.Typical), Token);
        await space.RunAsync("nft", damage.Split(' '));
        Assert.NotEmpty(GuardCheck.Differences(Plans.Typical, await nft.ListAsync(Token)));

        await nft.ReplaceAsync(Ruleset.Of(Plans.Typical), Token);
        var left = GuardCheck.Differences(Plans.Typical, await nft.ListAsync(Token));
        // What is not the guard's own table is for its owner to take away; hold does not stand beside it.
        Assert.Equal(damage.Contains("ip other", StringComparison.Ordinal) ? ["the table ip other is not the guard's"] : [], left);
    }

    [Fact]
    public async Task A_rule_that_is_deleted_is_noticed_whichever_it_is()
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        var nft = new Nft(space.Standpoint);
        var table = Ruleset.Of(Plans.Typical);
        foreach (var chain in new[] { "dns", "output", "input" })
        {
            var at = Random.Shared.Next(table.RulesOf(chain).Length);
            await nft.ReplaceAsync(table, Token);
            await space.RunAsync("nft", "delete", "rule", "inet", "culvert", chain, "handle", $"{await HandleAsync(space, chain, at)}");
            Assert.True(GuardCheck.Differences(table, await nft.ListAsync(Token)).Count > 0, $"rule {at} of {chain}");
        }
    }

    [Fact]
    public async Task After_a_ruleset_that_nft_refuses_the_old_one_stands()
    {
        await using var space = await TestNamespace.CreateAsync("nft");
        var nft = new Nft(space.Standpoint);
        await nft.ReplaceAsync(Ruleset.Of(Plans.Typical), Token);
        var broken = new RuleTable("inet", "culvert", [new RuleChain("output", "type filter hook output priority filter; policy accept;", ["accept", "this is no rule"])], []);

        var failure = await Assert.ThrowsAsync<SubprocessFailedException>(() => nft.ReplaceAsync(broken, Token));

        Assert.Contains("this", failure.Message);
        Assert.Empty(GuardCheck.Differences(Plans.Typical, await nft.ListAsync(Token)));
    }

    [Fact]
    public async Task Traffic_that_moves_the_counters_is_no_difference()
    {
        await using var space = await TestNamespace.CreateAsync("nft", "bash");
        var nft = new Nft(space.Standpoint);
        await nft.ReplaceAsync(Ruleset.Of(Plans.Typical), Token);
        await space.RunAsync("bash", "-c", "echo x > /dev/udp/127.0.0.11/99 || true; echo x > /dev/udp/127.0.0.1/99");
        Assert.Matches("ip daddr 127.0.0.11 counter packets [1-9]", await space.RunAsync("nft", "list", "ruleset"));
        Assert.Empty(GuardCheck.Differences(Plans.Typical, await space.RunAsync("nft", "list", "ruleset")));
    }

    private static async Task<int> HandleAsync(TestNamespace space, string chain, int at)
    {
        var listing = await space.RunAsync("nft", "--stateless", "--handle", "list", "chain", "inet", "culvert", chain);
        return listing.Split('\n')
            .Where(line => line.Contains("# handle", StringComparison.Ordinal) && !line.TrimStart().StartsWith("chain", StringComparison.Ordinal) && !line.StartsWith("table", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split("# handle ")[1]))
            .ElementAt(at);
    }
}
