using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary>Cases of the conformance suite that attack the guard and the routes while everything is up.</summary>
public sealed class GuardTests
{
    private const string GuardFile = "/run/guard.nft";
    private static readonly string[] ForbiddenWords = ["{ 1, 2 }", "set names", "meta mark", "ct mark", "fwmark"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_14_300_reloads_under_load_leak_nothing()
    {
        await using var stack = await RunningStack.StartAsync();
        var guard = await stack.Culvert.CallAsync(["render", "guard"], LabPlace.DefaultDeadline, Token);
        stack.Lab.Host.WriteFile(GuardFile, guard.Output);
        // With a way out by the uplink, so that nothing but the rules stands between the load and the ISP.
        await stack.AsRootInsideAsync("ip", "route", "add", "default", "via", RunningStack.UplinkGateway, "dev", RunningStack.Uplink, "metric", "1");
        await using var load = await stack.StartLoadAsync();

        var closed = await ReloadAsync(stack, $"nft -f {GuardFile}");
        var naive = await ReloadAsync(stack, $"nft delete table inet culvert; nft -f {GuardFile}");
        Assert.True(closed.Leaked == 0, $"{closed}");
        Assert.True(naive.Leaked > 0, $"a flush and rebuild must be seen to leak, or this proves nothing: {naive}");
    }

    [Fact]
    public async Task Fault_15_an_invalid_ruleset_leaves_the_old_rules_and_aborts_the_start()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.StandAsync(lab);
        var rules = await box.RulesAsync();
        // An nft that is given one line more than hold wrote, which no nft takes; the real one judges the whole transaction.
        var broken = await box.HoldOnceAsync("""#!/bin/sh"""
            + "\n" + """case "$1" in -f) (cat; echo "add rule inet culvert output meta nonsense accept") | /usr/sbin/nft -f - ;; *) exec /usr/sbin/nft "$@" ;; esac""" + "\n");
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("nonsense", broken.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", broken.Error, StringComparison.Ordinal);
        Assert.Equal(rules, await box.RulesAsync());
        Assert.False(box.HasReport);
    }

    [Fact]
    public async Task Fault_16_there_is_no_mark_set_or_map_anywhere()
    {
        await using var stack = await RunningStack.StartAsync();
        async Task<string> Everything() => string.Concat(
            await stack.AsRootInsideAsync("nft", "list", "ruleset"),
            await stack.AsRootInsideAsync("ip", "rule", "show"),
            await stack.AsRootInsideAsync("ip", "-6", "rule", "show"));

        Assert.Empty(Forbidden(await Everything()));
        // The detector sees each of them when it is there.
        await stack.AsRootInsideAsync("nft", "insert rule inet culvert output tcp dport { 1, 2 } counter");
        await stack.AsRootInsideAsync("nft", "add set inet culvert names { type ipv4_addr; }");
        await stack.AsRootInsideAsync("nft", "insert rule inet culvert output meta mark set 1");
        await stack.AsRootInsideAsync("nft", "insert rule inet culvert output ct mark set 1");
        await stack.AsRootInsideAsync("ip", "rule", "add", "fwmark", "1", "lookup", "main");
        Assert.Equal(ForbiddenWords, Forbidden(await Everything()));
    }

    [Fact]
    public async Task Fault_17_the_host_is_the_same_before_during_and_after()
    {
        await using var stack = await RunningStack.PrepareAsync();
        var before = await MachineState.ReadAsync(stack.Lab.Host, Token);
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        string[] mayDiffer = ["ip netns", "mounts", "files", "processes"];
        var during = (await MachineState.ReadAsync(stack.Lab.Host, Token)).ChangesSince(before);
        Assert.DoesNotContain(during, change => !mayDiffer.Any(part => change.StartsWith(part, StringComparison.Ordinal)));
        Assert.Contains(during, change => change.StartsWith("processes", StringComparison.Ordinal));
        var down = await stack.Culvert.DownAsync(Token);
        Assert.True(down.Succeeded, down.Describe());
        Assert.Empty((await MachineState.ReadAsync(stack.Lab.Host, Token)).ChangesSince(before));

        // The control: each kind of change is noticed.
        await stack.Lab.Host.RequireAsync("ip", ["route", "add", "unreachable", "192.0.2.200"], Token);
        await stack.Lab.Host.RequireAsync("ip", ["rule", "add", "from", "192.0.2.200", "lookup", "7"], Token);
        await stack.Lab.Host.RequireAsync("nft", ["add", "table", "inet", "stray"], Token);
        await stack.Lab.Host.RequireAsync("sh", ["-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"], Token);
        var stray = (await MachineState.ReadAsync(stack.Lab.Host, Token)).ChangesSince(before);
        Assert.All(["ip route", "ip rule", "nft", "sysctl"], kind => Assert.Contains(stray, change => change.StartsWith(kind, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("198.51.100.20/32")]
    [InlineData("0.0.0.0/1")]
    [InlineData("128.0.0.0/1")]
    public async Task Fault_18_an_injected_route_carries_nothing_out_in_clear(string destination)
    {
        await using var stack = await RunningStack.StartAsync();
        // A connection from before, whose packets would follow the new route.
        await using var caller = await Caller.StartAsync(stack.Culvert, Token);
        Assert.True(await caller.WaitForAnswersAsync(DateTimeOffset.MinValue, TimeSpan.FromSeconds(10), Token));
        await using var load = await stack.StartLoadAsync();
        var before = await stack.CountAsync();
        await stack.AsRootInsideAsync("ip", "route", "add", destination, "via", RunningStack.UplinkGateway, "dev", RunningStack.Uplink);
        await RunningStack.WaitForAsync("the kernel would send to the provider by the uplink", async () =>
            (await stack.TryAsRootInsideAsync("ip", "route", "get", "198.51.100.20")).Output.Contains(RunningStack.Uplink, StringComparison.Ordinal)
            == (destination != "0.0.0.0/1"));
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");

        await stack.AsRootInsideAsync("nft", "delete", "table", "inet", "culvert");
        await RunningStack.WaitForAsync("without the guard the same route leaks", async () => (await stack.CountAsync()).Since(before).Leaked > 0);
    }

    [Fact]
    public async Task Fault_19_routes_and_dns_that_the_server_pushes_are_ignored()
    {
        string[] pushes =
        [
            "redirect-gateway def1 bypass-dhcp", "route 198.51.100.20 255.255.255.255 net_gateway",
            "route 198.51.100.0 255.255.255.0 net_gateway", "dhcp-option DNS 8.8.8.8", "dhcp-option DOMAIN lab.example",
        ];
        await using var stack = await RunningStack.PrepareAsync();
        await stack.Lab.Exit1.RestartAsync(new ExitOptions { Pushes = pushes }, Token);
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        var before = await stack.CountAsync();
        var routes = await stack.AsRootInsideAsync("ip", "route", "show");
        Assert.DoesNotContain("198.51.100", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("0.0.0.0/1", routes, StringComparison.Ordinal);
        Assert.Equal("nameserver 127.0.0.1", (await stack.AsDevAsync("grep", "^nameserver", "/etc/resolv.conf")).Output.Trim());
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0 && stack.Lab.Eavesdropper.Heard.Count == 0, $"{seen}, heard {stack.Lab.Eavesdropper.Heard.Count}");

        // The control: an ordinary client does what the server pushes.
        await stack.Culvert.DownAsync(Token);
        await using var client = await stack.Lab.Host.StartAsync("openvpn", ["--config", $"{StackInput.Folder}/exit1.ovpn"], LabCommandOptions.None, Token);
        await RunningStack.WaitForAsync("an ordinary client adds the pushed route", async () =>
            (await stack.Lab.Host.RequireAsync("ip", ["route", "show"], Token)).Contains("198.51.100.20 via 192.0.2.1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("20_another_port_of_the_carriers_address", 1195)]
    [InlineData("21_the_carriers_address_and_port_from_devs_uid", LabAddresses.OpenVpnPort)]
    public async Task Fault_20_and_21_are_refused_at_once(string fault, int port)
    {
        const string Connect = """
            import socket, sys
            tried = socket.socket()
            tried.settimeout(5)
            if len(sys.argv) > 3: tried.setsockopt(socket.SOL_SOCKET, 25, sys.argv[3].encode())
            tried.connect((sys.argv[1], int(sys.argv[2])))
            print("connected")
            """;
        await using var stack = await RunningStack.StartAsync();
        await using var server = await stack.Lab.Exit1.Place.StartAsync(
            RepositoryFiles.Python, ["-m", "http.server", "1195"], LabCommandOptions.None, Token);
        foreach (var device in new[] { Array.Empty<string>(), [RunningStack.Uplink] })
        {
            var tried = await stack.PythonAsDevAsync(Connect, [$"{stack.Lab.Exit1.Address}", $"{port}", .. device]);
            Assert.True(tried.Error.Contains("ConnectionRefusedError", StringComparison.Ordinal) && tried.Elapsed < TimeSpan.FromSeconds(2), $"{fault}: {tried.Describe()}");
        }

        await stack.UnguardAsync();
        await RunningStack.WaitForAsync("without the guard the same try connects", async () =>
            (await stack.PythonAsDevAsync(Connect, $"{stack.Lab.Exit1.Address}", $"{port}")).Output == "connected\n");
    }

    [Fact]
    public async Task Fault_22_a_vpn_net_over_a_public_range_leaks_nothing()
    {
        await using var stack = await RunningStack.PrepareAsync();
        // The range of a public resolver, at which the load knocks too.
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml + "network: { vpn_net: 8.8.8.0/24 }\n");
        var before = await stack.CountAsync();
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        await using (var load = await stack.StartLoadAsync())
        await using (var bound = await stack.StartLoadAsync(RunningStack.Uplink))
        {
            await Task.Delay(TimeSpan.FromSeconds(3), Token);
            Assert.True((await load.StopAsync(Token)).Tried + (await bound.StopAsync(Token)).Tried > 100);
        }

        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    private static List<string> Forbidden(string listing) =>
        [.. ForbiddenWords.Where(word => listing.Contains(word, StringComparison.Ordinal)),
            .. listing.Split('\n').Select(line => line.Trim()).Where(line => line.Contains('@') || line.StartsWith("map ", StringComparison.Ordinal))];

    private static async Task<IspCounters> ReloadAsync(RunningStack stack, string command)
    {
        var before = await stack.CountAsync();
        var loop = await stack.Lab.Host.RunAsync(
            "ip", ["netns", "exec", RunningStack.Namespace, "sh", "-ec", $"for i in $(seq 300); do {command}; done"],
            LabCommandOptions.None, TimeSpan.FromSeconds(90), Token);
        Assert.True(loop.Succeeded, loop.Describe());
        return (await stack.CountAsync()).Since(before);
    }
}
