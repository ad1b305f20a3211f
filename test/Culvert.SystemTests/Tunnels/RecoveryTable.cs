using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>
/// Measures, ten times each, how long dev's calls are away when the tunnel is disturbed under load. It takes minutes and is run
/// by name: <c>Culvert.SystemTests -explicit only -class "*RecoveryTable" -showLiveOutput</c>.
/// </summary>
public sealed class RecoveryTable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_9_of_the_client(bool wireGuard)
    {
        var (stack, _) = await RecoveryTrial.StartAsync(wireGuard);
        await using var all = stack;
        await MeasureKillAsync(stack, wireGuard ? "wireguard-go" : "openvpn");
    }

    [Fact(Explicit = true)]
    public async Task Kill_9_of_AdGuards_client()
    {
        await using var stack = await AdGuardStack.StartAsync();
        await MeasureKillAsync(stack, "adguardvpn-cli");
    }

    private static Task MeasureKillAsync(RunningStack stack, string name) =>
        RecoveryTrial.MeasureAsync(stack, $"kill -9 {name}", TimeSpan.Zero, TimeSpan.FromSeconds(5), _ => Task.FromResult<Func<Func<bool>>>(() =>
        {
            var killed = Clients(stack, name);
            Assert.NotEmpty(killed);
            stack.Lab.Host.Processes.Where(process => killed.Contains(process.Pid)).ToList().ForEach(process => process.Kill());
            return () => Clients(stack, name).Except(killed).Any();
        }));

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exit_that_dies_for_good(bool wireGuard)
    {
        var (stack, wireGuards) = await RecoveryTrial.StartAsync(wireGuard);
        await using var all = stack;
        var dead = -1;
        await RecoveryTrial.MeasureAsync(stack, "exit dead", TimeSpan.Zero, TimeSpan.FromSeconds(15), async repetition =>
        {
            if (dead >= 0)
            {
                await (wireGuard ? wireGuards[dead].StartAsync(Token) : Exit(stack, dead).StartAsync(ExitOptions.Default, Token));
            }

            dead = await LocationAsync(stack) == "exit1" ? 0 : 1;
            var stopped = dead;
            return () =>
            {
                var stopping = wireGuard ? wireGuards[stopped].StopAsync() : Exit(stack, stopped).StopAsync();
                return () => stopping.IsCompletedSuccessfully && RecoveryTrial.State(stack) is var state
                    && state.Contains("\"state\": \"Connected\"", StringComparison.Ordinal) && state.Contains($"\"location\": \"exit{2 - stopped}\"", StringComparison.Ordinal);
            };
        });
    }

    private static LabExit Exit(RunningStack stack, int index) => index == 0 ? stack.Lab.Exit1 : stack.Lab.Exit2;

    private static List<int> Clients(RunningStack stack, string name) =>
        [.. stack.Lab.Host.Processes.Where(process => process.Name == name).Select(process => process.Pid)];

    private static async Task<string> LocationAsync(RunningStack stack)
    {
        var location = "";
        await RunningStack.WaitForAsync("the tunnel is connected", () =>
        {
            var state = RecoveryTrial.State(stack);
            location = state.Contains("\"location\": \"exit1\"", StringComparison.Ordinal) ? "exit1" : "exit2";
            return Task.FromResult(state.Contains("\"state\": \"Connected\"", StringComparison.Ordinal));
        });
        return location;
    }
}
