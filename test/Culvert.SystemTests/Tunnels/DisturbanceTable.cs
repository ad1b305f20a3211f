using System.Net;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>
/// Disturbances of the network and of the machine around the tunnel, ten times each, under load; those of the client, the server and the login are in
/// <see cref="RecoveryTable"/>. It takes an hour and a half and is run by name: <c>Culvert.SystemTests -explicit only -class "*DisturbanceTable" -showLiveOutput</c>.
/// </summary>
public sealed class DisturbanceTable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Drivers => RecoveryTable.Drivers;

    [Theory(Explicit = true)]
    [MemberData(nameof(Drivers))]
    public Task A_server_that_is_silent_for_nine_seconds(string driver) => SilenceAsync(driver, TimeSpan.FromSeconds(9));

    [Theory(Explicit = true)]
    [MemberData(nameof(Drivers))]
    public Task A_server_that_is_silent_for_ninety_seconds(string driver) => SilenceAsync(driver, TimeSpan.FromSeconds(90));

    [Theory(Explicit = true)]
    [MemberData(nameof(Drivers))]
    public async Task Thirty_of_a_hundred_packets_are_lost(string driver)
    {
        await using var one = await DriverStack.StartAsync(driver);
        var cable = new Cable(one.Stack.Lab);
        await RecoveryTrial.MeasureAwhileAsync(
            one, "30 % lost for 20 s", TimeSpan.FromSeconds(20), Bound, () => cable.LosePercentAsync(30, Token), () => cable.MendAsync(Token));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Drivers))]
    public async Task The_hosts_address_changes(string driver)
    {
        await using var one = await DriverStack.StartAsync(driver);
        var cable = new Cable(one.Stack.Lab);
        var (here, there) = (LabAddresses.Host, IPAddress.Parse("192.0.2.77"));
        await RecoveryTrial.MeasureAsync(one, "another address", Bound, () => Task.FromResult<Func<Func<bool>>>(() =>
        {
            cable.MoveHostAsync(here, there, Token).GetAwaiter().GetResult();
            (here, there) = (there, here);
            return () => RecoveryTrial.IsConnected(one.Stack);
        }));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Drivers))]
    public async Task The_disk_is_full_and_the_client_is_killed(string driver)
    {
        await using var one = await DriverStack.StartAsync(driver);
        await one.Stack.Lab.Host.RequireAsync("mount", ["-o", "remount,size=64m", "/run"], Token);
        await one.Stack.Lab.Host.RunAsync("sh", ["-c", "cat /dev/zero >/run/culvert/culvert/full"], Token);
        await RecoveryTrial.MeasureAsync(one, "disk full, kill -9 of the client", Bound, () => Task.FromResult<Func<Func<bool>>>(() =>
        {
            Assert.False(CanWrite(one.Stack), "there is room on the disk");
            return RecoveryTrial.Kill(one, one.Client);
        }));
    }

    private static async Task SilenceAsync(string driver, TimeSpan outage)
    {
        await using var one = await DriverStack.PrepareAsync(driver);
        one.UseOnly(1);
        await one.RequireUpAsync();
        await RecoveryTrial.MeasureAwhileAsync(one, $"silent for {outage.TotalSeconds:0} s", outage, Bound, Do(one.Exits.Silence), Do(one.Exits.Resume));
    }

    private static Func<Task> Do(Action act) => () =>
    {
        act();
        return Task.CompletedTask;
    };

    private static bool CanWrite(RunningStack stack)
    {
        try
        {
            File.WriteAllBytes(stack.Lab.Host.PathOf("/run/culvert/culvert/probe"), new byte[4096]);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
