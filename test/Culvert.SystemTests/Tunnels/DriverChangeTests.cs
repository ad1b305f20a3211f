using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>Another driver in culvert.yaml and <c>culvert up</c>, in namespaces: from each driver to each other.</summary>
public sealed class DriverChangeTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_13_a_change_of_the_driver_under_load_leaks_nothing_and_dev_keeps_its_network()
    {
        await using var one = await DriverStack.PrepareForAllAsync();
        one.Use("openvpn", 1);
        var up = await one.UpAsync();
        Assert.True(up.Succeeded, up.Describe());
        // The callers and the loads of the trial are dev's; none of them is started again.
        await using (var trial = await one.Stack.StartTrialAsync())
        {
            foreach (var (driver, exit) in new[] { ("wireguard", 1), ("adguard", 2), ("openvpn", 1), ("adguard", 1), ("wireguard", 2), ("openvpn", 2) })
            {
                await DriverTrial.HoldsAsync(output, DriverTrial.ActAsync(trial, $"to {driver}", () => ChangeDriverAsync(one, driver, exit)), "13");
            }

            Assert.True((await trial.StopAsync(Token)).Tried > 1000);
        }

        await one.Stack.AssertSeenWithoutGuardAsync();
    }

    private static async Task ChangeDriverAsync(DriverStack one, string driver, int exit)
    {
        one.Use(driver, exit);
        var up = await one.UpAsync("--now");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await one.LogAsync()}");
        await RunningStack.WaitForAsync("dev's calls leave at the exit", async () => await one.Stack.ExitSeenByDevAsync() == $"203.0.113.{10 + exit}");
        Assert.Single(one.Client.In(one.Stack.Lab.Host));
    }
}
