using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>Cases of the conformance suite, on the real engine, in which parts die: no packet leaves but the carrier, and dev keeps its network or is closed.</summary>
[Collection(DockerCollection.Name)]
public sealed class ClosedInDockerTests(DockerStack stack)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Roles => new() { { "vpn-tunnel", "culvert" }, { "vpn-resolver", "unbound" }, { "vpn-proxy", "culvert" } };

    [Fact]
    public async Task Fault_1_a_container_that_talks_as_soon_as_the_namespace_can_be_joined_leaks_nothing()
    {
        await stack.UpAsync();
        await stack.CulvertAsync("down");
        var seen = await FirstMoment.UpAsync(stack, Token);
        // The stack was down meanwhile; see LeakedFromInside.
        Assert.True(seen is { LeakedFromInside: 0, Carrier.Packets: > 0 }, $"{seen}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_6_kill_9_of_the_vpn_client_leaks_nothing_and_calls_come_back()
    {
        await stack.UpAsync();
        await UnderLoadAsync(async () =>
        {
            var client = Assert.Single(await stack.PidsAsync("vpn-tunnel", "openvpn"));
            await stack.KillAsync(client);
            await DockerStack.WaitForAsync("another client runs", async () => await stack.PidsAsync("vpn-tunnel", "openvpn") is [var now] && now != client);
        });
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Fault_8_kill_9_of_a_role_leaks_nothing_keeps_the_rules_and_the_engine_restarts_it(string part, string program)
    {
        await stack.UpAsync();
        var rules = await stack.RulesAsync();
        await UnderLoadAsync(async () =>
        {
            var role = await stack.PidAsync(part);
            Assert.Contains(role, await stack.PidsAsync(part, program));
            await stack.KillAsync(role);
            await DockerStack.WaitForAsync($"another {part} runs", async () => await stack.PidAsync(part) is > 0 and var now && now != role);
        });
        Assert.Equal(rules, await stack.RulesAsync());
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Theory]
    [InlineData("restart")]
    [InlineData("kill")]
    [InlineData("kill -9")]
    [InlineData("rm --force")]
    public async Task Fault_10_and_11_when_the_owner_goes_dev_is_closed_status_says_so_and_up_mends_it(string how)
    {
        await stack.UpAsync();
        var uplink = await stack.UplinkAsync();
        // To tell what a count of ICMP was.
        await using var icmp = await stack.Lab.CaptureAsync(["icmp"], Token);
        var before = await stack.CountAsync();
        await using (var free = await stack.StartLoadAsync("dev"))
        await using (var bound = await stack.StartLoadAsync("dev", uplink))
        {
            await RemoveOwnerAsync(how);
            await DockerStack.WaitForAsync("status says that dev is stranded, or that the namespace is gone", async () =>
            {
                var status = await stack.CulvertAsync("status");
                return status.ExitCode == 1 && (status.Output.Contains("dev is attached to a namespace whose owner is gone", StringComparison.Ordinal)
                    || status.Output.Contains("vpn is not there", StringComparison.Ordinal));
            });
            var call = await stack.SeenAtAsync("dev");
            Assert.Contains("ended with exit code", call, StringComparison.Ordinal);
            var done = (await free.StopAsync(Token)).Tried + (await bound.StopAsync(Token)).Tried;
            Assert.True(done > 100, $"{done} tries");
        }

        var up = await stack.CulvertAsync("up");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        await stack.WaitForDevAsync();
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.LeakedFromInside == 0, $"{seen}\n{string.Join('\n', await icmp.StopAsync(Token))}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_12_an_engine_that_is_killed_leaves_the_rules_and_dev_as_they_are()
    {
        await stack.UpAsync();
        var rules = await stack.RulesAsync();
        var dev = await stack.PidAsync("dev");
        var uplink = await stack.UplinkAsync();
        var before = await stack.CountAsync();
        await using (var free = await stack.StartLoadAsync("dev"))
        await using (var bound = await stack.StartLoadAsync("dev", uplink))
        {
            stack.Engine.KillDaemon();
            Task<string> InsideAsync(params IReadOnlyList<string> line) =>
                stack.Lab.Host.RequireAsync("nsenter", ["--target", $"{dev}", "--net", "--", .. line], Token);
            Assert.Equal(rules, await InsideAsync("nft", "--stateless", "list", "table", "inet", "culvert"));
            Assert.Equal(
                DockerStack.ExitAddress,
                await InsideAsync("curl", "--silent", "--max-time", "5", "--resolve", $"api.ipify.org:443:{LabAddresses.Providers[3].Address}", "https://api.ipify.org"));
            await stack.Engine.StartDaemonAsync(Token);
        }

        Assert.Equal(dev, await stack.PidAsync("dev"));
        await stack.WaitForDevAsync();
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    private async Task RemoveOwnerAsync(string how)
    {
        switch (how)
        {
            case "restart":
                await stack.DockerAsync("restart", "--time", "1", "vpn");
                break;
            case "kill":
                await stack.DockerAsync("kill", "vpn");
                break;
            case "kill -9":
                await stack.KillAsync(await stack.PidAsync("vpn"));
                break;
            default:
                await stack.DockerAsync("rm", "--force", "vpn");
                break;
        }
    }

    /// <summary>Disturbs the stack while dev pushes at everything by its routes and bound to the uplink; dev's network stays and calls come back.</summary>
    private async Task UnderLoadAsync(Func<Task> disturb)
    {
        var before = await stack.CountAsync();
        await using var free = await stack.StartLoadAsync("dev");
        await using var bound = await stack.StartLoadAsync("dev", await stack.UplinkAsync());
        await disturb();
        await stack.WaitForDevAsync();
        var done = (await free.StopAsync(Token)).Tried + (await bound.StopAsync(Token)).Tried;
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(done > 100 && seen is { Leaked: 0, Carrier.Packets: > 0 }, $"{done} tries: {seen}");
    }
}
