using System.Text.Json;
using Culvert.Tests.Architecture;
using Culvert.Tests.Stack;
using Culvert.Tunnel.Drivers.AdGuard;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Tunnel.Drivers.AdGuard;

/// <summary>Calls of the lab's double of adguardvpn-cli, which keeps state and ends with the exit codes of the original.</summary>
public sealed class AdGuardCliTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder = new();

    public AdGuardCliTests() => Assert.SkipUnless(File.Exists("/usr/bin/python3"), "the double is a Python program: install python3");

    private static string Double => Path.Combine(Repository.Root, "lab", "adguard", AdGuardCli.Program);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_shows_its_link_and_changes_the_status()
    {
        var cli = Cli(new() { ["account"] = "alice@example.com", ["renews"] = "2027-01-31", ["colour"] = true });
        Assert.Equal(AdGuardState.LoggedOut, (await cli.StatusAsync(TimeSpan.FromSeconds(5), Token))!.State);
        var steps = new List<AdGuardLogin>();
        Assert.Null(await cli.LoginAsync(steps.Add, Token));
        var link = Assert.IsType<AdGuardLogin.Link>(steps[0]);
        Assert.Equal((1799, "auth.adguard.io", false), ((int)link.ValidFor.TotalSeconds, link.Page.Host, link.IsForeign));
        Assert.IsType<AdGuardLogin.Done>(steps[1]);
        Assert.Equal(AdGuardState.Disconnected, (await cli.StatusAsync(TimeSpan.FromSeconds(5), Token))!.State);
        Assert.Equal(new AdGuardLicense("alice@example.com", "PREMIUM", 10, new DateOnly(2027, 1, 31), Renews: true), await cli.LicenseAsync(Token));
    }

    [Fact]
    public async Task A_login_that_fails_says_why()
    {
        Assert.Equal("Failed to get auth link", await Cli(new() { ["login"] = "fail" }).LoginAsync(_ => { }, Token));
    }

    [Fact]
    public async Task A_login_waits_with_an_open_input_until_it_is_given_up()
    {
        var cli = Cli(new() { ["login"] = "wait" });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var linked = new TaskCompletionSource();
        var login = cli.LoginAsync(step => linked.TrySetResult(), stop.Token);
        await linked.Task.WaitAsync(Deadline, Token);
        Assert.False(login.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login.WaitAsync(Deadline, Token));
    }

    [Fact]
    public async Task Everything_that_culvert_needs_is_set_and_read_back()
    {
        var cli = Cli([]);
        Assert.Empty(await cli.ConfigureAsync("uplink0", Token));
        var values = AdGuardConfiguration.Parse((await cli.CallAsync(["config", "show"], Token)).Lines).Values;
        Assert.Equal(
            ("tun", "none", "off", "http2", "uplink0", "off"),
            (values["Mode"], values["Tunnel routing mode"], values["Change system DNS"], values["Protocol"], values["Bound interface override"], values["Crash reporting"]));
    }

    [Fact]
    public async Task A_setting_that_does_not_take_is_a_sentence() => Assert.Equal(
        "`adguardvpn-cli config set-tun-routing-mode NONE` ended with exit code 1: Failed to connect to the service",
        Assert.Single(await Cli(new() { ["fail"] = "config" }).ConfigureAsync("uplink0", Token)));

    [Fact]
    public async Task Locations_are_listed()
    {
        var cli = Cli(new()
        {
            ["locations"] = new object[]
            {
                new Dictionary<string, object> { ["iso"] = "RU", ["country"] = "Russia", ["city"] = "Moscow", ["ping"] = 126, ["virtual"] = true },
                new Dictionary<string, object> { ["iso"] = "SE", ["country"] = "Sweden", ["city"] = "Stockholm", ["ping"] = 24 },
            },
        });
        Assert.Null(await cli.LoginAsync(_ => { }, Token));
        Assert.Equal(["Stockholm", "Moscow"], (await cli.LocationsAsync(Token)).Select(location => location.City));
    }

    [Fact]
    public async Task A_call_that_hangs_is_killed_at_its_deadline_and_the_next_one_has_its_turn()
    {
        var time = new FakeTimeProvider();
        var cli = Cli(new() { ["hang"] = "status" }, time);
        var hanging = cli.CallAsync(["status"], Token);
        while (!hanging.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal((true, -1), ((await hanging).TimedOut, (await hanging).ExitCode));
        Assert.Equal(11, (await Cli(new() { ["hang"] = "status" }).CallAsync(["license"], Token)).ExitCode);
    }

    [Fact]
    public async Task Two_calls_at_once_run_one_after_the_other()
    {
        // It writes when it begins and when it ends; whoever ran beside it would stand between.
        var program = folder.Write("turns", $"#!/bin/sh\necho begin >> {folder.PathOf("turns.log")}\nsleep 0.05\necho end >> {folder.PathOf("turns.log")}\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (one, other) = (new AdGuardCli(program, folder.Path, TimeProvider.System), new AdGuardCli(program, folder.Path, TimeProvider.System));
        await Task.WhenAll(Enumerable.Range(0, 3).SelectMany(_ => new[] { one.CallAsync(["x"], Token), other.CallAsync(["x"], Token) })).WaitAsync(Deadline, Token);
        var log = await File.ReadAllLinesAsync(folder.PathOf("turns.log"), Token);
        Assert.Equal(12, log.Length);
        Assert.All(log, (line, i) => Assert.Equal(i % 2 == 0 ? "begin" : "end", line));
    }

    [Fact]
    public async Task Nothing_of_the_callers_environment_reaches_it_but_the_path()
    {
        var program = folder.Write("environment", "#!/bin/sh\nenv | cut -d= -f1 | sort | tr '\\n' ' '\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var answer = await new AdGuardCli(program, folder.Path, TimeProvider.System).CallAsync(["x"], Token);
        Assert.Empty(answer.Lines[0].Split(' ').Except(["", "HOME", "LANG", "PATH", "PWD", "SHLVL", "_", "OLDPWD", "XDG_DATA_HOME"]));
    }

    public void Dispose() => folder.Dispose();

    private AdGuardCli Cli(Dictionary<string, object> world, TimeProvider? time = null)
    {
        folder.Write("double.json", JsonSerializer.Serialize(world));
        return new AdGuardCli(Double, folder.Path, time ?? TimeProvider.System);
    }
}
