using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>Cases of the conformance suite, on the real engine, that come from the networks: IPv6, the order of interfaces, redirects.</summary>
[Collection(DockerCollection.Name)]
public sealed class UplinkInDockerTests(DockerStack stack)
{
    private const string OtherGateway = "172.30.97.77";

    // As Docker's documentation has it; the engine forwards and routes it, so what is let out arrives at the ISP.
    private const string WithIpv6 = """{ uplink: { enable_ipv6: true, ipam: { config: [{ subnet: "172.30.97.0/24", gateway: "172.30.97.1" }, { subnet: "fd00:97::/64", gateway: "fd00:97::1" }] } } }""";

    // Which number an interface gets is the engine's business and differs by version: this exchanges them before hold looks.
    private const string Exchange = """
        entrypoint: [sh, -c, 'ip link set eth0 down && ip link set eth1 down && ip link set eth0 name other && ip link set eth1 name eth0 && ip link set other name eth1
         && ip link set eth0 up && ip link set eth1 up && ip route add default via 172.30.97.1 && exec culvert "$$@"', culvert]
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_31_and_32_on_an_uplink_with_ipv6_nothing_of_it_leaves_also_when_a_container_that_joins_switches_it_on_again() => await stack.VaryAsync(WithIpv6, "", async () =>
    {
        var address = await UplinkOfOwnerAsync("GlobalIPv6Address");
        Assert.StartsWith("fd00:97::", address, StringComparison.Ordinal);
        Assert.Equal("1", (await stack.Lab.Host.RequireAsync("sysctl", ["-n", "net.ipv6.conf.all.forwarding"], Token)).Trim());
        await stack.WaitForDevAsync();
        var uplink = await stack.UplinkAsync();
        await LoadedAsync(uplink, Task.Delay(TimeSpan.FromSeconds(2), Token));

        // Root without a capability may write these; the engine's usual container has /proc/sys read-only, this one has not.
        const string SwitchOn = "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 0 >$f; done";
        await stack.DockerAsync(
            "run", "--rm", "--network", "container:vpn", "--user", "0:0", "--cap-drop", "ALL", "--security-opt", "systempaths=unconfined", "--security-opt", "no-new-privileges",
            "--entrypoint", "sh", "culvert-dev", "-c", SwitchOn);
        Assert.Equal("0", (await stack.AsRootInsideAsync("sysctl", "-n", $"net.ipv6.conf.{uplink}.disable_ipv6")).Trim());
        await stack.AsRootInsideAsync("ip", "-6", "address", "replace", $"{address}/64", "dev", uplink, "nodad");
        await stack.AsRootInsideAsync("ip", "-6", "route", "replace", "default", "via", "fd00:97::1", "dev", uplink);
        // Not even the kernel's own solicitations, which the ISP would not see.
        Task<Capture> FromOwnerAsync(string bridge, string mac) => Capture.StartAsync(stack.Lab.Host, bridge, ["ip6", "and", "ether", "src", mac], Token);
        var (bridge, mac) = (await BridgeAsync(), await MacAsync());
        await using (var guarded = await FromOwnerAsync(bridge, mac))
        {
            await LoadedAsync(uplink, Task.Delay(TimeSpan.FromSeconds(2), Token));
            Assert.Empty(await guarded.StopAsync(Token));
        }

        await using var unguarded = await FromOwnerAsync(bridge, mac);
        await stack.AssertSeenWithoutGuardAsync("IPv6", seen => seen.Ipv6.Packets > 0);
        Assert.NotEmpty(await unguarded.StopAsync(Token));
    });

    [Fact]
    public async Task Fault_33_when_the_interfaces_have_changed_their_numbers_the_rules_name_the_right_one()
    {
        await stack.UpAsync();
        Assert.Equal("eth0", await stack.UplinkAsync());
        await stack.VaryAsync("{}", Exchange, async () =>
        {
            Assert.Equal("eth1", await stack.UplinkAsync());
            await stack.WaitForDevAsync();
            await LoadedAsync("eth1", Task.Delay(TimeSpan.FromSeconds(2), Token));
            // An application is let in by the other interface.
            Assert.Equal(DockerStack.ExitAddress, await stack.AppCallAsync());
            await stack.AssertSeenWithoutGuardAsync();
        });
    }

    [Fact]
    public async Task Fault_25_an_icmp_redirect_from_the_bridge_changes_no_route()
    {
        await stack.UpAsync();
        await stack.DockerAsync("run", "--detach", "--name", "router", "--network", "culvert_uplink", "--ip", OtherGateway, "--entrypoint", "sleep", "culvert-dev", "600");
        // The engine leaves an interface's own setting as the host's kernel has it; where that takes redirects, only the guard keeps them away.
        var setting = $"net.ipv4.conf.{await stack.UplinkAsync()}.accept_redirects";
        var before = (await stack.AsRootInsideAsync("sysctl", "-n", setting)).Trim();
        await stack.AsRootInsideAsync("sysctl", "-w", $"{setting}=1");
        try
        {
            await RedirectAsync();
            Assert.Contains($"via {DockerStack.UplinkGateway}", await RouteToExitAsync(), StringComparison.Ordinal);

            // The control: without the guard the kernel takes it.
            var rules = await stack.RulesAsync();
            await stack.AsRootInsideAsync("nft", "delete", "table", "inet", "culvert");
            try
            {
                await RedirectAsync();
                Assert.Contains($"via {OtherGateway}", await RouteToExitAsync(), StringComparison.Ordinal);
            }
            finally
            {
                stack.Lab.Host.WriteFile("/run/rules.nft", rules);
                await stack.AsRootInsideAsync("nft", "-f", "/run/rules.nft");
                await stack.AsRootInsideAsync("ip", "route", "flush", "cache");
            }
        }
        finally
        {
            await stack.AsRootInsideAsync("sysctl", "-w", $"{setting}={before}");
            await stack.DockerAsync("rm", "--force", "router");
        }
    }

    private Task<string> RouteToExitAsync() => stack.AsRootInsideAsync("ip", "route", "get", $"{stack.Lab.Exit1.Address}");

    private async Task RedirectAsync() => await stack.Lab.Host.RequireAsync(
        RepositoryFiles.Python,
        [
            "-B", RepositoryFiles.Probe("redirect.py"), "--interface", await BridgeAsync(), "--mac", await MacAsync(), "--gateway", DockerStack.UplinkGateway,
            "--target", DockerStack.UplinkAddress, "--destination", $"{stack.Lab.Exit1.Address}", "--towards", OtherGateway,
        ],
        Token);

    /// <summary>Everything that a dev process can try, by its routes and bound to the uplink, while something is awaited: 0 packets outside the carrier.</summary>
    private async Task LoadedAsync(string uplink, Task meanwhile)
    {
        var before = await stack.CountAsync();
        await using var free = await stack.StartLoadAsync("dev");
        await using var bound = await stack.StartLoadAsync("dev", uplink);
        await meanwhile;
        var done = (await free.StopAsync(Token)).Tried + (await bound.StopAsync(Token)).Tried;
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(done > 100 && seen is { Leaked: 0, Carrier.Packets: > 0 }, $"{done} tries: {seen}");
    }

    private async Task<string> BridgeAsync()
    {
        var routes = await stack.Lab.Host.RequireAsync("ip", ["-o", "-4", "address", "show", "to", $"{DockerStack.UplinkGateway}/32"], Token);
        return routes.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
    }

    private async Task<string> MacAsync() => await UplinkOfOwnerAsync("MacAddress");

    private async Task<string> UplinkOfOwnerAsync(string property) =>
        (await stack.InspectAsync("vpn")).GetProperty("NetworkSettings").GetProperty("Networks").GetProperty("culvert_uplink").GetProperty(property).GetString()!;
}
