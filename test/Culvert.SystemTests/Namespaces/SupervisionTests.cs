using Culvert.Lab.Run;

namespace Culvert.SystemTests.Namespaces;

/// <summary>kill -9 of those that watch over the others.</summary>
public sealed class SupervisionTests(StackHost host) : IClassFixture<StackHost>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("supervisor")]
    [InlineData("keeper")]
    public async Task Killed_it_comes_back_and_nothing_else_is_started_again(string name)
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        var before = await host.LookAsync(Token);
        Kill(name);
        await Eventually.HoldsAsync($"another {name} runs", () => RunsAnotherAsync(name, before), Token);
        Assert.Equal([name], (await host.LookAsync(Token)).ReplacedSince(before));
        StackHost.Succeeded(await host.Culvert.StatusAsync(Token));
        Assert.Single(Victim.Supervisor.In(host.Host));
        Assert.Single(Victim.Keeper.In(host.Host));
    }

    [Fact]
    public async Task Both_killed_the_stack_carries_on_and_the_next_up_watches_over_it_again()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        await using var dev = await DevShell.StartAsync(host.Culvert, Token);
        var before = await host.LookAsync(Token);
        Kill("supervisor", "keeper");
        await Eventually.HoldsAsync("status says that nobody supervises", SaysThatNobodySupervisesAsync, Token);
        Assert.Equal($"{host.Lab.Exit1.Address}", await dev.AddressAsync(Token));

        var up = StackHost.Succeeded(await host.Culvert.UpAsync(Token));

        Assert.Contains("supervised again", up.Output, StringComparison.Ordinal);
        var after = await host.LookAsync(Token);
        Assert.Equal(["keeper", "supervisor"], after.ReplacedSince(before));
        Assert.True(after.HasTheGuardOf(before));
    }

    [Fact]
    public async Task Both_killed_down_still_leaves_nothing()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        Kill("supervisor", "keeper");
        StackHost.Succeeded(await host.Culvert.DownAsync(Token));
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task Everything_killed_at_once_the_next_up_brings_it_back_and_dev_keeps_its_namespace()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        await using var dev = await DevShell.StartAsync(host.Culvert, Token);
        var before = await host.LookAsync(Token);
        foreach (var victim in Victim.All.Reverse())
        {
            foreach (var process in victim.In(host.Host))
            {
                process.Kill();
            }
        }

        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        Assert.Superset(new HashSet<string> { "hold", "keeper", "proxy", "resolver", "supervisor", "tunnel", "uplink" }, (await host.LookAsync(Token)).ReplacedSince(before).ToHashSet());
        Assert.Equal($"{host.Lab.Exit1.Address}", await dev.AddressAsync(Token));
    }

    private async Task<bool> SaysThatNobodySupervisesAsync()
    {
        var status = await host.Culvert.StatusAsync(Token);
        return status.ExitCode == 1 && status.Output.Contains("supervisor is not running", StringComparison.Ordinal);
    }

    private async Task<bool> RunsAnotherAsync(string name, StackSnapshot before) =>
        (await host.LookAsync(Token)).Pids.TryGetValue(name, out var pid) && pid != before.Pids[name];

    /// <summary>All of them before any can bring another back.</summary>
    private void Kill(params string[] names)
    {
        var victims = Victim.All.Where(victim => names.Contains(victim.Name)).SelectMany(victim => victim.In(host.Host)).ToList();
        Assert.Equal(names.Length, victims.Count);
        victims.ForEach(process => process.Signal(19));
        victims.ForEach(process => process.Kill());
    }
}
