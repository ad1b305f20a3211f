using System.Diagnostics;
using System.Net;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>
/// Disturbances of the network and of the machine around the tunnel, ten times each, under load; the client's own are in <see cref="RecoveryTable"/>. It takes
/// half an hour and is run by name: <c>Culvert.SystemTests -explicit only -class "*DisturbanceTable" -showLiveOutput</c>.
/// </summary>
public sealed class DisturbanceTable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(9)]
    [InlineData(90)]
    public async Task A_server_that_is_silent(int seconds)
    {
        await using var stack = await RunningStack.StartAsync();
        await RecoveryTrial.UseOneExitAsync(stack);
        await AwhileAsync(stack, $"silent {seconds} s", seconds, stack.Lab.Exit1.Silence, stack.Lab.Exit1.Resume);
    }

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thirty_of_a_hundred_packets_are_lost(bool wireGuard)
    {
        var (stack, _) = await RecoveryTrial.StartAsync(wireGuard);
        await using var all = stack;
        var cable = new Cable(stack.Lab);
        await AwhileAsync(stack, "30 % lost for 20 s", 20, () => cable.LosePercentAsync(30, Token).GetAwaiter().GetResult(), () => cable.MendAsync(Token).GetAwaiter().GetResult());
    }

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_hosts_address_changes(bool wireGuard)
    {
        var (stack, _) = await RecoveryTrial.StartAsync(wireGuard);
        await using var all = stack;
        var cable = new Cable(stack.Lab);
        var (here, there) = (LabAddresses.Host, IPAddress.Parse("192.0.2.77"));
        await RecoveryTrial.MeasureAsync(stack, "another address", TimeSpan.Zero, Bound, _ => Task.FromResult<Func<Func<bool>>>(() =>
        {
            cable.MoveHostAsync(here, there, Token).GetAwaiter().GetResult();
            (here, there) = (there, here);
            return () => RecoveryTrial.State(stack).Contains("\"state\": \"Connected\"", StringComparison.Ordinal);
        }));
    }

    [Fact(Explicit = true)]
    public async Task The_disk_is_full_and_the_client_is_killed()
    {
        await using var stack = await RunningStack.StartAsync();
        await stack.Lab.Host.RequireAsync("mount", ["-o", "remount,size=64m", "/run"], Token);
        await stack.Lab.Host.RunAsync("sh", ["-c", "cat /dev/zero >/run/culvert/culvert/full"], Token);
        await RecoveryTrial.MeasureAsync(stack, "disk full, kill -9 openvpn", TimeSpan.Zero, Bound, _ => Task.FromResult<Func<Func<bool>>>(() =>
        {
            Assert.False(CanWrite(stack), "there is room on the disk");
            var killed = stack.Lab.Host.Processes.Where(process => process.Name == "openvpn").ToList();
            killed.ForEach(process => process.Kill());
            return () => stack.Lab.Host.Processes.Any(process => process.Name == "openvpn" && killed.All(old => old.Pid != process.Pid));
        }));
    }

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

    private static Task AwhileAsync(RunningStack stack, string what, int seconds, Action begin, Action end)
    {
        var outage = TimeSpan.FromSeconds(seconds);
        return RecoveryTrial.MeasureAsync(stack, what, outage, Bound, _ => Task.FromResult<Func<Func<bool>>>(() =>
        {
            var clock = Stopwatch.StartNew();
            var over = false;
            begin();
            return () =>
            {
                if (!over && clock.Elapsed >= outage)
                {
                    end();
                    over = true;
                }

                return over;
            };
        }));
    }
}
