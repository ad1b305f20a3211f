using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>The AdGuard driver through <c>culvert up</c>: against what is documented of its client, not against the live service.</summary>
public sealed class AdGuardTests
{
    private const string Exit1 = "203.0.113.11";
    private const string Exit2 = "203.0.113.12";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_1_6_and_30_from_the_first_moment_over_a_killed_client_to_the_next_nothing_but_the_carrier_leaves()
    {
        await using var stack = await AdGuardStack.PrepareAsync();
        var before = await stack.CountAsync();
        var up = await AdGuardStack.UpAsync(stack);
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await AdGuardStack.LogAsync(stack)}");
        Assert.Equal(Exit1, await stack.ExitSeenByDevAsync());
        await using (var trial = await stack.StartTrialAsync())
        {
            var outcome = await trial.KillAsync(AdGuardStack.Client, Token);
            TestContext.Current.TestOutputHelper?.WriteLine($"calls were away for {outcome.Away.TotalSeconds:0.0} s");
            Assert.True(outcome.Holds, $"{outcome} {outcome.Seen}");
            Assert.True((await trial.StopAsync(Token)).Tried > 0);
        }

        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen is { Leaked: 0, Carrier.Packets: > 50 }, $"{seen}");
        // Names that were needed before there was a tunnel went to the configured resolver over TLS, and nobody heard them.
        Assert.Contains(stack.Lab.Dot.Queries, query => query.Contains(AdGuardStack.ServiceName, StringComparison.Ordinal));
        Assert.Empty(stack.Lab.Eavesdropper.Heard);
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_8_every_other_process_killed_in_turn_leaks_nothing_and_calls_come_back()
    {
        await using var stack = await AdGuardStack.StartAsync();
        await using (var trial = await stack.StartTrialAsync())
        {
            foreach (var victim in new[] { Victim.Tunnel, Victim.Hold, Victim.Resolver, Victim.Proxy, Victim.Uplink, Victim.Supervisor })
            {
                var outcome = await trial.KillAsync(victim, Token);
                TestContext.Current.TestOutputHelper?.WriteLine($"{victim}: calls were away for {outcome.Away.TotalSeconds:0.0} s");
                Assert.True(outcome is { Seen.Leaked: 0, Replaced: true, CallsCameBack: true }, $"{outcome} {outcome.Seen}\n{await AdGuardStack.LogAsync(stack)}");
            }
        }

        // Without its uplink for that long the first exit may have been left for the second.
        await RunningStack.WaitForAsync("dev's calls leave at an exit", async () => await stack.ExitSeenByDevAsync() is Exit1 or Exit2);
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task A_client_that_says_connected_and_carries_nothing_is_left_for_the_next()
    {
        await using var stack = await AdGuardStack.StartAsync();
        await stack.Lab.Exit1.Place.RequireAsync(
            "nft", ["-f", "-"], Token, "table ip nowhere {\n chain forward {\n type filter hook forward priority 0; policy drop;\n }\n}\n");
        await RunningStack.WaitForAsync("dev's calls leave at exit2", async () => await stack.ExitSeenByDevAsync() == Exit2);
        Assert.Contains(
            "Frankfurt is not used: the client says connected, but nothing answers through the tunnel",
            (await stack.Culvert.StatusAsync(Token)).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_of_verify_holds()
    {
        await using var stack = await AdGuardStack.StartAsync();
        var verify = await stack.Culvert.VerifyAsync(Token);
        Assert.True(verify.Succeeded, verify.Describe());
        Assert.Contains("11 hold", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_location_that_is_dead_is_left_for_the_next()
    {
        await using var stack = await AdGuardStack.PrepareAsync();
        await stack.Lab.Exit1.StopAsync();
        var up = await AdGuardStack.UpAsync(stack);
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await AdGuardStack.LogAsync(stack)}");
        Assert.Equal(Exit2, await stack.ExitSeenByDevAsync());
    }

    [Fact]
    public async Task A_virtual_location_comes_after_the_real_ones()
    {
        await using var stack = await AdGuardStack.PrepareAsync();
        AdGuardStack.UseAdGuard(stack, "Moscow, Stockholm");
        var up = await AdGuardStack.UpAsync(stack);
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await AdGuardStack.LogAsync(stack)}");
        Assert.Equal(Exit2, await stack.ExitSeenByDevAsync());
        Assert.Contains("Moscow is not used: Moscow is a virtual location", (await stack.Culvert.StatusAsync(Token)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_login_status_says_what_to_do_and_after_it_the_tunnel_comes_up_by_itself()
    {
        await using var stack = await AdGuardStack.PrepareAsync(loggedIn: false);
        var up = await AdGuardStack.UpAsync(stack, "--timeout", "5");
        Assert.Equal(1, up.ExitCode);
        await LogInAsync(stack);
        Assert.Equal(Exit1, await stack.ExitSeenByDevAsync());

        // The service forgets the login, and the client ends.
        AdGuardStack.DescribeWorld(stack, new { revoked = true });
        var client = Assert.Single(AdGuardStack.Client.In(stack.Lab.Host));
        client.Kill();
        await RunningStack.WaitForAsync("status tells of the revoked login", () => TellsToLogInAsync(stack));
        AdGuardStack.DescribeWorld(stack, new { });
        await LogInAsync(stack);
        Assert.Equal(Exit1, await stack.ExitSeenByDevAsync());
    }

    [Fact]
    public async Task Fault_3_16_20_and_21_and_the_resolver_for_the_client_are_closed_to_everybody_else()
    {
        const string Connect = """
            import socket, sys
            tried = socket.socket()
            tried.settimeout(5)
            tried.setsockopt(socket.SOL_SOCKET, 25, b"uplink0")
            tried.connect((sys.argv[1], int(sys.argv[2])))
            print("connected")
            """;
        await using var stack = await AdGuardStack.StartAsync();
        var before = await stack.CountAsync();
        await using (var load = await stack.StartLoadAsync(RunningStack.Uplink))
        {
            // By root of dev's own, which has the carrier's uid and not its group.
            Assert.Equal("0 0\n", (await stack.AsDevAsync("sh", "-c", "echo $(id -u) $(id -g)")).Output);
            foreach (var (fault, port) in new[] { (20, "1194"), (20, "80"), (21, "443") })
            {
                var tried = await stack.PythonAsDevAsync(Connect, [Exit1, port]);
                Assert.True(tried.Error.Contains("ConnectionRefusedError", StringComparison.Ordinal) && tried.Elapsed < TimeSpan.FromSeconds(3), $"{fault}: {tried.Describe()}");
            }

            var taken = await stack.AsDevAsync("setpriv", "--regid=970", "--clear-groups", "true");
            Assert.False(taken.Succeeded, "dev's root took the tunnel's group");
            // A neighbour is no server of AdGuard's, also for the carrier's own identity.
            Assert.Contains("ConnectionRefusedError", (await AsTunnelAsync(stack, Connect, RunningStack.UplinkGateway, "443")).Error, StringComparison.Ordinal);

            var asked = await stack.AsDevAsync("dig", "+time=2", "+tries=1", "+short", "@127.0.0.54", AdGuardStack.ServiceName);
            Assert.DoesNotContain($"{AdGuardStack.Service}", asked.Output, StringComparison.Ordinal);
            asked = await stack.AsDevAsync("dig", "+tcp", "+time=2", "+tries=1", "+short", "@127.0.0.54", AdGuardStack.ServiceName);
            Assert.DoesNotContain($"{AdGuardStack.Service}", asked.Output, StringComparison.Ordinal);
            Assert.True((await load.StopAsync(Token)).Tried > 0);
        }

        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        Assert.DoesNotContain("mark", await stack.AsRootInsideAsync("nft", "list", "ruleset"), StringComparison.Ordinal);
        Assert.DoesNotContain("{ ", string.Join('\n', (await stack.AsRootInsideAsync("nft", "list", "ruleset")).Split('\n').Where(line => line.Contains("dport", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.DoesNotContain("fwmark", await stack.AsRootInsideAsync("ip", "rule"), StringComparison.Ordinal);

        // The control: with the group the very same probes are let through.
        Assert.Equal("connected\n", (await AsTunnelAsync(stack, Connect, Exit1, "443")).Output);
        Assert.Equal($"{AdGuardStack.Service}\n", await DigAsTunnelAsync(stack));
        Assert.Equal($"{AdGuardStack.Service}\n", await DigAsTunnelAsync(stack, "+tcp"));
        await stack.AssertSeenWithoutGuardAsync();
    }

    [Fact]
    public async Task Fault_19_the_rules_routes_and_dns_that_the_client_would_set_by_itself_are_not_set_under_load()
    {
        await using var stack = await AdGuardStack.PrepareAsync();
        // What a person may have left: the client's own defaults.
        stack.Lab.Host.WriteFile(AdGuardStack.LoginFile, """{"logged_in": true, "routing": "auto", "dns": "on"}""", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var up = await AdGuardStack.UpAsync(stack);
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await AdGuardStack.LogAsync(stack)}");
        var before = await stack.CountAsync();
        await using (var trial = await stack.StartTrialAsync())
        {
            // With a client that was started again, too.
            Assert.True((await trial.KillAsync(AdGuardStack.Client, Token)).Holds);
            Assert.DoesNotContain("lookup 880", await stack.AsRootInsideAsync("ip", "rule", "show"), StringComparison.Ordinal);
            Assert.DoesNotContain("table 880", await stack.AsRootInsideAsync("ip", "route", "show", "table", "all"), StringComparison.Ordinal);
            Assert.Equal("nameserver 127.0.0.1", (await stack.AsDevAsync("grep", "^nameserver", "/etc/resolv.conf")).Output.Trim());
            Assert.True((await trial.StopAsync(Token)).Tried > 0);
        }

        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0 && stack.Lab.Eavesdropper.Heard.Count == 0, $"{seen}, heard {stack.Lab.Eavesdropper.Heard.Count}");

        // The control: run by a person, with the same settings, it does.
        await stack.Culvert.DownAsync(Token);
        var person = new LabCommandOptions { Environment = new Dictionary<string, string>(AdGuardStack.WithClient.Environment!) { ["HOME"] = "/run/home" } };
        stack.Lab.Host.WriteFile("/etc/adguard-double.json", $$"""{"locations": [{"iso": "DE", "country": "Germany", "city": "Frankfurt", "ping": 20, "profile": "{{StackInput.Folder}}/exit1.ovpn"}]}""");
        Assert.True((await stack.Lab.Host.RunAsync("adguardvpn-cli", ["login"], person, LabPlace.DefaultDeadline, Token)).Succeeded);
        await using var client = await stack.Lab.Host.StartAsync("adguardvpn-cli", ["connect", "--no-fork", "-y", "-l", "Frankfurt"], person, Token);
        await RunningStack.WaitForAsync("the client sets its own rules and routes", async () =>
            (await stack.Lab.Host.RequireAsync("ip", ["rule", "show"], Token)).Contains("lookup 880", StringComparison.Ordinal)
            && (await stack.Lab.Host.RequireAsync("ip", ["route", "show", "table", "all"], Token)).Contains("default dev tun0 table 880", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_driver_and_back_changes_the_tunnel_in_place()
    {
        await using var stack = await AdGuardStack.PrepareAsync();
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml);
        var up = await AdGuardStack.UpAsync(stack);
        Assert.True(up.Succeeded, up.Describe());
        await using var dev = await stack.Culvert.StartInsideAsync(["sleep", "1000"], app: false, new(), Token);
        var before = await stack.CountAsync();
        AdGuardStack.UseAdGuard(stack, "Stockholm");
        up = await AdGuardStack.UpAsync(stack);
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await AdGuardStack.LogAsync(stack)}");
        Assert.Equal(Exit2, await stack.ExitSeenByDevAsync());
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml);
        up = await AdGuardStack.UpAsync(stack);
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await AdGuardStack.LogAsync(stack)}");
        Assert.Equal(Exit1, await stack.ExitSeenByDevAsync());
        Assert.False(dev.HasExited);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
    }

    private static async Task LogInAsync(RunningStack stack)
    {
        await RunningStack.WaitForAsync("status says what to do", () => TellsToLogInAsync(stack));
        var login = await stack.Culvert.CallAsync(["login"], AdGuardStack.WithClient, TimeSpan.FromSeconds(20), Token);
        Assert.True(login.Succeeded, login.Describe());
        await stack.WaitForStatusAsync(holds: true);
    }

    private static async Task<bool> TellsToLogInAsync(RunningStack stack) =>
        (await stack.Culvert.StatusAsync(Token)).Output.Contains("AdGuard VPN is not logged in: run `culvert login`, and the tunnel comes up by itself", StringComparison.Ordinal);

    private static Task<LabCommandResult> AsTunnelAsync(RunningStack stack, string program, params string[] arguments) =>
        stack.TryAsRootInsideAsync(["setpriv", "--reuid=0", "--regid=970", "--clear-groups", RepositoryFiles.Python, "-c", program, .. arguments]);

    private static async Task<string> DigAsTunnelAsync(RunningStack stack, params string[] options) =>
        (await stack.TryAsRootInsideAsync(["setpriv", "--reuid=0", "--regid=970", "--clear-groups", "dig", .. options, "+short", "@127.0.0.54", AdGuardStack.ServiceName])).Output;
}
