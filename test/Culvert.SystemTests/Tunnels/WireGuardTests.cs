using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>The WireGuard driver through <c>culvert up</c>, against a real server.</summary>
public sealed class WireGuardTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_of_dev_leaves_at_the_exit_and_nothing_else_leaves()
    {
        var (stack, _) = await WireGuardStack.PrepareAsync();
        await using var all = stack;
        var before = await stack.CountAsync();
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        await using var load = await stack.StartLoadAsync();
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        Assert.True((await load.StopAsync(Token)).Tried > 0);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen is { Leaked: 0, Carrier.Packets: > 20 }, $"{seen}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task The_client_has_the_tunnels_uid_and_no_capability_and_the_guard_no_mark()
    {
        var (stack, _) = await WireGuardStack.PrepareAsync();
        await using var all = stack;
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        var client = Assert.Single(stack.Lab.Host.Processes, process => process.Name == "wireguard-go");
        var status = await File.ReadAllLinesAsync($"/proc/{client.Pid}/status", Token);
        Assert.Contains("Uid:\t970\t970\t970\t970", status);
        Assert.All(["CapInh", "CapPrm", "CapEff", "CapAmb"], set => Assert.Contains($"{set}:\t0000000000000000", status));
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.DoesNotContain("mark", await stack.AsRootInsideAsync("nft", "list", "ruleset"), StringComparison.Ordinal);
        Assert.DoesNotContain("fwmark", await stack.AsRootInsideAsync("ip", "rule"), StringComparison.Ordinal);
        var verify = await stack.Culvert.VerifyAsync(Token);
        Assert.True(verify.Succeeded, verify.Describe());
    }

    [Fact]
    public async Task A_killed_client_leaks_nothing_and_calls_come_back()
    {
        var (stack, _) = await WireGuardStack.PrepareAsync();
        await using var all = stack;
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        var before = await stack.CountAsync();
        await using var load = await stack.StartLoadAsync();
        var client = Assert.Single(stack.Lab.Host.Processes, process => process.Name == "wireguard-go");
        client.Kill();
        await RunningStack.WaitForAsync("another client runs and calls are answered", async () =>
            stack.Lab.Host.Processes.Any(process => process.Name == "wireguard-go" && process.Pid != client.Pid)
            && await stack.ExitSeenByDevAsync() == "203.0.113.11");
        await load.StopAsync(Token);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task A_server_that_never_answers_is_left_for_the_next()
    {
        var (stack, exits) = await WireGuardStack.PrepareAsync();
        await using var all = stack;
        await exits[0].StopAsync();
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        Assert.Equal("203.0.113.12", await stack.ExitSeenByDevAsync());
    }

    [Fact]
    public async Task Another_driver_in_the_configuration_changes_the_tunnel_in_place()
    {
        var (stack, _) = await WireGuardStack.PrepareAsync();
        await using var all = stack;
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml);
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        await using var dev = await stack.Culvert.StartInsideAsync(["sleep", "1000"], app: false, new(), Token);
        var before = await stack.CountAsync();
        WireGuardStack.UseWireGuard(stack);
        up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        Assert.Contains("\"driver\": \"wireguard\"", await File.ReadAllTextAsync(stack.Lab.Host.PathOf("/run/culvert/culvert/tunnel/state.json"), Token), StringComparison.Ordinal);
        Assert.False(dev.HasExited);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
    }
}
