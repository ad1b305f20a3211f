using Culvert.Lab.Run;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>
/// Measures, ten times each, how long dev's calls are away when the client, the server or the login goes away under load. It takes minutes and is run
/// by name: <c>Culvert.SystemTests -explicit only -class "*RecoveryTable" -showLiveOutput</c>.
/// </summary>
public sealed class RecoveryTable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OtherExitBound = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Revoked = TimeSpan.FromSeconds(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Drivers => ["openvpn", "wireguard", "adguard"];

    [Theory(Explicit = true)]
    [MemberData(nameof(Drivers))]
    public async Task Kill_9_of_the_client(string driver)
    {
        await using var one = await DriverStack.StartAsync(driver);
        await RecoveryTrial.MeasureAsync(one, "kill -9 of the client", Bound, () => Task.FromResult<Func<Func<bool>>>(() => RecoveryTrial.Kill(one, one.Client)));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Drivers))]
    public async Task Kill_9_of_the_uplink(string driver)
    {
        await using var one = await DriverStack.StartAsync(driver);
        await RecoveryTrial.MeasureAsync(one, "kill -9 of the uplink", Bound, () => Task.FromResult<Func<Func<bool>>>(() => RecoveryTrial.Kill(one, Victim.Uplink)));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Drivers))]
    public async Task An_exit_that_dies_for_good(string driver)
    {
        await using var one = await DriverStack.StartAsync(driver);
        var dead = 0;
        await RecoveryTrial.MeasureAsync(one, "exit dead, the next one is taken", OtherExitBound, async () =>
        {
            if (dead > 0)
            {
                await one.Exits.StartAsync(dead, Token);
            }

            dead = await ExitAsync(one);
            return () =>
            {
                var stopping = one.Exits.StopAsync(dead);
                return () => stopping.IsCompletedSuccessfully && RecoveryTrial.IsConnected(one.Stack) && IsAt(one, 3 - dead);
            };
        });
    }

    /// <summary>The service forgets the login and the client dies, which is when a client has to show it; nine seconds later the login is good again.</summary>
    [Theory(Explicit = true)]
    [InlineData("openvpn")]
    [InlineData("adguard")]
    public async Task A_login_that_is_revoked_and_given_again(string driver)
    {
        await using var one = await DriverStack.PrepareAsync(driver);
        var login = await DriverLogin.RequireAsync(one);
        await one.RequireUpAsync();
        await RecoveryTrial.MeasureAwhileAsync(
            one,
            "login revoked for 9 s",
            Revoked,
            Bound,
            () =>
            {
                login.Revoke();
                RecoveryTrial.Kill(one, one.Client);
                return Task.CompletedTask;
            },
            login.GiveAgainAsync);
    }

    /// <summary>One exit takes the login no more, the other one does.</summary>
    [Fact(Explicit = true)]
    public async Task A_login_that_one_exit_refuses()
    {
        await using var one = await DriverStack.PrepareAsync("openvpn");
        var login = await DriverLogin.RequireAsync(one);
        await one.RequireUpAsync();
        await RecoveryTrial.MeasureAsync(one, "one exit refuses the login, the next one is taken", OtherExitBound, async () =>
        {
            await login.GiveAgainAsync();
            var refusing = await ExitAsync(one);
            return () =>
            {
                login.RevokeAt(refusing);
                RecoveryTrial.Kill(one, one.Client);
                return () => RecoveryTrial.IsConnected(one.Stack) && IsAt(one, 3 - refusing);
            };
        });
    }

    private static bool IsAt(DriverStack one, int exit) =>
        RecoveryTrial.State(one.Stack).Contains($"\"location\": \"{one.LocationOf(exit)}\"", StringComparison.Ordinal);

    private static async Task<int> ExitAsync(DriverStack one)
    {
        await RunningStack.WaitForAsync("the tunnel is connected", () => Task.FromResult(RecoveryTrial.IsConnected(one.Stack)));
        return IsAt(one, 1) ? 1 : 2;
    }
}
