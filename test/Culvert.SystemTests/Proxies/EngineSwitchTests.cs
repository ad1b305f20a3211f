using Culvert.SystemTests.Namespaces;

namespace Culvert.SystemTests.Proxies;

/// <summary>The engine is one line of culvert.yaml: <c>up</c> changes it in place, and <c>down</c> leaves nothing of either.</summary>
public sealed class EngineSwitchTests(StackHost host) : IClassFixture<StackHost>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_engine_is_taken_in_place_and_dev_keeps_its_network()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        await using var dev = await DevShell.StartAsync(host.Culvert, Token);
        Assert.Equal($"{host.Lab.Exit1.Address}", await dev.AddressAsync(Token));
        foreach (var (engine, programs) in new[] { (EngineStack.Pair, 2), (EngineStack.Culvert, 0) })
        {
            var before = await host.LookAsync(Token);
            host.Configure(EngineStack.Yaml(engine));
            StackHost.Succeeded(await host.Culvert.UpAsync(Token));
            var after = await host.LookAsync(Token);
            // hold, because the guard holds the pair's uid to the ports and keeps it out of private networks.
            Assert.Equal(["hold", "proxy"], after.ReplacedSince(before));
            Assert.False(dev.HasExited);
            Assert.Equal($"{host.Lab.Exit1.Address}", await dev.AddressAsync(Token));
            Assert.Equal(programs, host.Host.Processes.Select(process => process.Name).Where(name => name is "danted" or "tinyproxy").Distinct().Count());
            StackHost.Succeeded(await host.Culvert.VerifyAsync(Token));
        }

        StackHost.Succeeded(await host.Culvert.DownAsync(Token));
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task Down_ends_both_programs_and_leaves_nothing()
    {
        await host.StartAfreshAsync(Token);
        host.Configure(EngineStack.Yaml(EngineStack.Pair));
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        Assert.Contains(host.Host.Processes, process => process.Name == "danted");
        StackHost.Succeeded(await host.Culvert.DownAsync(Token));
        await host.AssertNothingIsLeftAsync(Token);
    }
}
