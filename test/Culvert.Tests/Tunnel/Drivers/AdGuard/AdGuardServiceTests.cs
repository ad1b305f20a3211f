using System.Text.Json;
using Culvert.Linux;
using Culvert.Tests.Architecture;
using Culvert.Tests.Stack;
using Culvert.Tunnel.Drivers.AdGuard;

namespace Culvert.Tests.Tunnel.Drivers.AdGuard;

/// <summary>What is asked of the client before it may connect, with the lab's double of it.</summary>
public sealed class AdGuardServiceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public AdGuardServiceTests() => Assert.SkipUnless(File.Exists("/usr/bin/python3"), "the double is a Python program: install python3");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_login_every_exit_ends_with_what_to_do()
    {
        var obstacle = await Service("Frankfurt").ObstacleAsync(3, "Frankfurt", "uplink0", Token);
        Assert.Equal((3, AdGuardService.LogIn, true, true), (obstacle!.Client, obstacle.Reason, obstacle.Refused, obstacle.SameEverywhere));
    }

    [Fact]
    public async Task A_login_that_is_under_way_is_not_disturbed()
    {
        using var other = FileLock.TryTake($"{folder.Path}/culvert.lock");
        var obstacle = await Service("Frankfurt").ObstacleAsync(3, "Frankfurt", "uplink0", Token);
        Assert.Contains("another call of AdGuard's client is under way", obstacle!.Reason, StringComparison.Ordinal);
        Assert.True(obstacle.SameEverywhere);
    }

    [Fact]
    public async Task Logged_in_it_is_configured_for_the_uplink_and_a_location_it_has_may_be_tried()
    {
        LogIn();
        var service = Service("Frankfurt", "nowhere", "RU");
        Assert.Null(await service.ObstacleAsync(1, "Frankfurt", "uplink0", Token));
        var state = File.ReadAllText(folder.PathOf("adguardvpn-cli/adguardvpn-cli.conf"));
        Assert.All(["\"bound\": \"uplink0\"", "\"routing\": \"none\"", "\"dns\": \"off\"", "\"protocol\": \"http2\""], setting => Assert.Contains(setting, state, StringComparison.Ordinal));
        Assert.Contains("has no location nowhere", (await service.ObstacleAsync(2, "nowhere", "uplink0", Token))!.Reason, StringComparison.Ordinal);
        var later = await service.ObstacleAsync(3, "RU", "uplink0", Token);
        Assert.Equal((TimeSpan.FromMinutes(10), false), (later!.LeaveFor, later.SameEverywhere));
        Assert.Null(await service.ObstacleAsync(4, "RU", "uplink0", Token));
    }

    [Fact]
    public async Task A_virtual_location_alone_is_tried_at_once()
    {
        LogIn();
        Assert.Null(await Service("Moscow").ObstacleAsync(1, "Moscow", "uplink0", Token));
    }

    [Theory]
    [InlineData(11, "run `culvert login`", true)]
    [InlineData(13, "wants root", true)]
    [InlineData(1, "AdGuard's client ended (Failed to start the VPN service in the background: Disconnected)", false)]
    public void An_end_says_why_and_whether_another_location_would_end_so_too(int exitCode, string why, bool everywhere)
    {
        var ended = AdGuardEnding.Of(5, new AdGuardAnswer(exitCode, ["x"], TimedOut: false), "Failed to start the VPN service in the background: Disconnected");
        Assert.Contains(why, ended.Reason, StringComparison.Ordinal);
        Assert.Equal((5, everywhere, everywhere), (ended.Client, ended.SameEverywhere, ended.Refused));
    }

    public void Dispose() => folder.Dispose();

    private void LogIn()
    {
        Directory.CreateDirectory(folder.PathOf("adguardvpn-cli"));
        folder.Write("adguardvpn-cli/adguardvpn-cli.conf", """{"logged_in": true}""");
    }

    private AdGuardService Service(params string[] names)
    {
        folder.Write("double.json", JsonSerializer.Serialize(new
        {
            locations = new[]
            {
                new { iso = "DE", country = "Germany", city = "Frankfurt", ping = 20, @virtual = false },
                new { iso = "RU", country = "Russia", city = "Moscow", ping = 10, @virtual = true },
            },
        }));
        return new AdGuardService(new AdGuardCli(Path.Combine(Repository.Root, "lab", "adguard", AdGuardCli.Program), folder.Path, TimeProvider.System), names);
    }
}
