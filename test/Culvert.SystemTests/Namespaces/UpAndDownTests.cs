using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Namespaces;

public sealed class UpAndDownTests(StackHost host) : IClassFixture<StackHost>
{
    private static readonly string[] EveryProcess = ["app-uplink", "hold", "keeper", "proxy", "resolver", "supervisor", "tunnel", "uplink"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Up_twice_is_the_same_as_once()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        var once = await host.LookAsync(Token);
        var up = StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        var twice = await host.LookAsync(Token);
        Assert.Contains("already up", up.Output, StringComparison.Ordinal);
        Assert.Equal(EveryProcess, once.Pids.Keys.Order());
        Assert.Empty(twice.ReplacedSince(once));
        Assert.True(twice.HasTheGuardOf(once), $"{once}, then {twice}");
        Assert.NotEmpty(once.GuardHandle);
    }

    [Fact]
    public async Task Five_ups_at_once_make_one_stack_and_five_downs_take_it()
    {
        await host.StartAfreshAsync(Token);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => host.Culvert.UpAsync(Token))), up => StackHost.Succeeded(up));
        var now = await host.LookAsync(Token);
        Assert.Equal(EveryProcess, now.Pids.Keys.Order());
        Assert.All(Victim.All, victim => Assert.Single(victim.In(host.Host)));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => host.Culvert.DownAsync(Token))), down => StackHost.Succeeded(down));
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task Two_stacks_stand_side_by_side_and_one_goes_without_the_other()
    {
        await host.StartAfreshAsync(Token);
        host.Host.WriteFile($"{StackInput.Folder}/other.yaml", StackInput.Yaml.Replace("name: culvert", "name: other", StringComparison.Ordinal));
        Assert.All(await Task.WhenAll(host.Culvert.UpAsync(Token), host.Culvert.UpAsync(Token, "--config", "other.yaml")), up => StackHost.Succeeded(up));
        var before = await host.LookAsync(Token);
        StackHost.Succeeded(await host.Culvert.StatusAsync(Token, "--name", "other"));
        var somewhereElse = new LabCommandOptions { WorkingDirectory = "/" };
        var which = await host.Culvert.CallAsync(["status"], somewhereElse, LabPlace.DefaultDeadline, Token);
        Assert.Equal(2, which.ExitCode);
        Assert.Contains("culvert, other", which.Error, StringComparison.Ordinal);

        StackHost.Succeeded(await host.Culvert.DownAsync(Token, "--name", "other"));

        Assert.Empty((await host.LookAsync(Token)).ReplacedSince(before));
        StackHost.Succeeded(await host.Culvert.CallAsync(["status"], somewhereElse, LabPlace.DefaultDeadline, Token));
        StackHost.Succeeded(await host.Culvert.DownAsync(Token));
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task Down_twice_is_the_same_as_once_and_leaves_nothing()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        Assert.Equal("culvert is down.\n", StackHost.Succeeded(await host.Culvert.DownAsync(Token)).Output);
        await host.AssertNothingIsLeftAsync(Token);
        Assert.Equal("culvert was not up.\n", StackHost.Succeeded(await host.Culvert.DownAsync(Token)).Output);
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task Down_ends_what_still_runs_inside()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        await using var dev = await DevShell.StartAsync(host.Culvert, Token);
        await dev.AddressAsync(Token);
        StackHost.Succeeded(await host.Culvert.DownAsync(Token));
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task A_change_of_the_proxy_starts_the_proxy_again_and_nothing_else()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        await using var dev = await DevShell.StartAsync(host.Culvert, Token);
        Assert.Equal($"{host.Lab.Exit1.Address}", await dev.AddressAsync(Token));
        var before = await host.LookAsync(Token);

        host.Configure(StackInput.Yaml + "proxy: {destinations: llm}\n");
        var up = StackHost.Succeeded(await host.Culvert.UpAsync(Token));

        var after = await host.LookAsync(Token);
        Assert.Contains("started anew: proxy.", up.Output, StringComparison.Ordinal);
        Assert.Equal(["proxy"], after.ReplacedSince(before));
        Assert.True(after.HasTheGuardOf(before), $"{before}, then {after}");
        Assert.Equal($"{host.Lab.Exit1.Address}", await dev.AddressAsync(Token));
        Assert.Equal("403", await StatusThroughProxyAsync("https://api.ipify.org/"));
        Assert.Equal("200", await StatusThroughProxyAsync("https://api.openai.com/v1/models"));
    }

    [Fact]
    public async Task Another_exit_starts_hold_and_tunnel_again_and_dev_keeps_its_network()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        await using var dev = await DevShell.StartAsync(host.Culvert, Token);
        Assert.Equal($"{host.Lab.Exit1.Address}", await dev.AddressAsync(Token));
        var before = await host.LookAsync(Token);

        host.Configure(StackInput.Yaml.Replace("[exit1.ovpn, exit2.ovpn]", "[exit2.ovpn, exit1.ovpn]", StringComparison.Ordinal));
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));

        var after = await host.LookAsync(Token);
        Assert.Equal(["hold", "tunnel"], after.ReplacedSince(before));
        Assert.False(dev.HasExited);
        Assert.Equal($"{host.Lab.Exit2.Address}", await dev.AddressAsync(Token));
    }

    [Fact]
    public async Task Other_networks_make_the_namespaces_anew()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        var before = await host.LookAsync(Token);
        host.Configure(StackInput.Yaml + "network: {uplink: 172.29.7.0/24}\n");
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        Assert.Equal(EveryProcess, (await host.LookAsync(Token)).ReplacedSince(before));
        Assert.Contains("172.29.7.100", (await host.Culvert.StatusAsync(Token)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_change_is_refused_and_the_stack_stays_as_it_was()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        var before = await host.LookAsync(Token);
        host.Configure(StackInput.Yaml + "proxi: {}\n");
        var up = await host.Culvert.UpAsync(Token);
        Assert.Equal(2, up.ExitCode);
        Assert.Contains("culvert.yaml:8:1:", up.Error, StringComparison.Ordinal);
        Assert.Empty((await host.LookAsync(Token)).ReplacedSince(before));
    }

    [Fact]
    public async Task A_dry_run_touches_nothing()
    {
        await host.StartAfreshAsync(Token);
        var dry = StackHost.Succeeded(await host.Culvert.UpAsync(Token, "--dry-run"));
        Assert.Contains("ip netns add culvert-vpn\n    undone by: ip netns delete culvert-vpn\n", dry.Output, StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task Under_the_strictest_umask_the_roles_run_and_anyone_may_ask_for_the_status()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Host.RunAsync("sh", ["-c", $"umask 077; cd {StackInput.Folder}; exec {host.Culvert.Path} up --timeout 20"], Token));
        var status = await host.Host.RunAsync(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", host.Culvert.Path, "status", "--name", "culvert"], Token);
        StackHost.Succeeded(status);
        Assert.Contains("All is as it should be.", status.Output, StringComparison.Ordinal);
    }

    private async Task<string> StatusThroughProxyAsync(string url)
    {
        // The status of the proxy's own answer to CONNECT when it refuses, else the provider's.
        var result = await host.Culvert.RunAsync(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_connect}", "--proxy", "http://127.0.0.1:1090", url], app: false, TimeSpan.FromSeconds(15), Token);
        return result.Output;
    }
}
