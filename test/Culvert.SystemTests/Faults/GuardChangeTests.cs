using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary><c>culvert hold --once</c>: another guard in a namespace whose owner pauses, as <c>culvert up</c> has it under Compose.</summary>
public sealed class GuardChangeTests
{
    /// <summary>An nft that is given one line more than hold wrote, which no nft takes; the real one judges the whole transaction.</summary>
    private const string Broken = """
        #!/bin/sh
        case "$1" in -f) (cat; echo "add rule inet culvert output meta nonsense accept") | /usr/sbin/nft -f - ;; *) exec /usr/sbin/nft "$@" ;; esac

        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_guard_is_loaded_under_the_owner_that_stays_and_the_report_follows_it()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.StandAsync(lab);
        var (rules, report, owner) = (await box.RulesAsync(), await File.ReadAllTextAsync(box.Report, Token), Assert.Single(Owners(box)));
        Change(box);
        var changed = await box.ChangeGuardAsync();
        Assert.True(changed.Succeeded, changed.Describe());
        Assert.DoesNotContain("chain proxies", rules, StringComparison.Ordinal);
        Assert.Contains("chain proxies", await box.RulesAsync(), StringComparison.Ordinal);
        Assert.NotEqual(report, await File.ReadAllTextAsync(box.Report, Token));
        Assert.Equal(owner, Assert.Single(Owners(box)));

        // The same again is the same.
        rules = await box.RulesAsync();
        Assert.True((await box.ChangeGuardAsync()).Succeeded);
        Assert.Equal(rules, await box.RulesAsync());
    }

    [Fact]
    public async Task Fault_15_where_the_changed_ruleset_is_invalid_the_old_rules_and_their_report_stay()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.StandAsync(lab);
        var (rules, report) = (await box.RulesAsync(), await File.ReadAllTextAsync(box.Report, Token));
        Change(box);
        var changed = await box.HoldOnceAsync(Broken, "--once");
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("nonsense", changed.Error, StringComparison.Ordinal);
        Assert.Equal(rules, await box.RulesAsync());
        Assert.Equal(report, await File.ReadAllTextAsync(box.Report, Token));
    }

    [Fact]
    public async Task Where_it_fails_after_the_rules_were_changed_there_is_no_report_to_start_by()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.StandAsync(lab);
        await box.Machine.RequireAsync("ip", ["link", "delete", "tun0"], Token);
        await box.Machine.RequireAsync("ip", ["link", "add", "tun0", "type", "veth", "peer", "name", "other"], Token);
        Change(box);
        var changed = await box.ChangeGuardAsync();
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("no tun device", changed.Error, StringComparison.Ordinal);
        Assert.Contains("policy drop", await box.RulesAsync(), StringComparison.Ordinal);
        Assert.False(box.HasReport);

        // A namespace that was given up in the middle is one without an owner, until hold has made the whole of it.
        await box.Machine.RequireAsync("ip", ["link", "delete", "tun0"], Token);
        Assert.Contains("no hold has this namespace guarded", (await box.ChangeGuardAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_without_an_owner_is_not_touched()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.PrepareAsync(lab);
        var changed = await box.ChangeGuardAsync();
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("no hold has this namespace guarded", changed.Error, StringComparison.Ordinal);
        Assert.Equal("", await box.RulesAsync());
        Assert.False(box.HasReport);
    }

    private static IEnumerable<int> Owners(GuardedBox box) => box.Machine.Processes.Where(process => process.Name == "culvert").Select(process => process.Pid);

    /// <summary>An engine whose programs the guard holds to their bounds.</summary>
    private static void Change(GuardedBox box) => box.Machine.WriteFile(StackInput.File, StackInput.Yaml + "proxy: { engine: dante+tinyproxy }\n");
}
