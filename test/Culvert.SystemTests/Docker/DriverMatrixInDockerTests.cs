using System.Diagnostics;
using System.Globalization;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>
/// The cases of the conformance suite that a driver could break, on the real engine: each driver in turn, on one stack under load. Run by name:
/// <c>Culvert.SystemTests -explicit only -class "*DriverMatrixInDockerTests"</c>.
/// </summary>
[Collection(DockerCollection.Name)]
public sealed class DriverMatrixInDockerTests(DockerStack stack, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly string[] Addresses = [DockerStack.ExitAddress, "203.0.113.12"];
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private const string Send = """
        import socket, sys
        tried = socket.socket(socket.AF_INET, getattr(socket, sys.argv[1]))
        tried.settimeout(5)
        tried.setsockopt(socket.SOL_SOCKET, 25, sys.argv[4].encode())
        tried.connect((sys.argv[2], int(sys.argv[3])))
        if sys.argv[1] == "SOCK_DGRAM": tried.send(b"not WireGuard"); tried.send(b"not WireGuard")
        print("passed", end="")
        """;

    private readonly DockerDrivers drivers = new(stack);
    private string driver = "openvpn";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>AdGuard's double carries by a child of its own.</summary>
    private string Client => driver == "wireguard" ? "wireguard-go" : "openvpn";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The stack is that of the other tests again.</summary>
    public ValueTask DisposeAsync() => drivers.DisposeAsync();

    [Theory(Explicit = true)]
    [InlineData("wireguard")]
    [InlineData("openvpn")]
    [InlineData("adguard")]
    public async Task Fault_2_to_9_13_18_20_21_29_30_52_and_53_with_the_driver_leak_nothing_and_calls_come_back(string under)
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        await drivers.PrepareAsync();
        await ChangeToAsync(under == "openvpn" ? "wireguard" : "openvpn");
        var dev = await DevAsync();
        await UnderPressureAsync(() => HoldsAsync($"13 from {driver} to {under}", () => ChangeToAsync(under)));
        await UnderPressureAsync(DisturbAsync);
        await RefusedAsync();
        await UnderPressureAsync(() => HoldsAsync("13 change of exit", () => ChangeExitAsync(2)));
        Assert.Equal(dev, await DevAsync());
        await stack.UpAsync();
        var verify = await stack.CulvertAsync("verify");
        Assert.True(verify.Succeeded && verify.Output.Contains(" 0 broken, 0 unproven, ", StringComparison.Ordinal), $"{verify.Describe()}\n{verify.Output}");
        await stack.AssertSeenWithoutGuardAsync();
    }

    private async Task UnderPressureAsync(Func<Task> act)
    {
        await using var pressure = await Pressure.StartAsync(stack, Token);
        await act();
        var done = await pressure.StopAsync(Token);
        Assert.True(done is { Tried: > 200, Answered: > 0 }, $"{done}");
    }

    // 3 is the load that is bound to the uplink; 30 would be DNS in clear, which is outside the carrier.
    private async Task DisturbAsync()
    {
        await HoldsAsync("2 start without a server", StartWithoutServersAsync);
        await HoldsAsync("8 proxy", () => KillPartAsync("vpn-proxy"));
        await HoldsAsync("8 resolver", () => KillPartAsync("vpn-resolver"));
        await HoldsAsync("18 a route to a provider", () => InjectAsync("198.51.100.20/32"));
        await HoldsAsync("18 a route to half of the internet", () => InjectAsync("128.0.0.0/1"));
        await HoldsAsync("6 kill -9 of the client", () => EndClientAsync(client => stack.KillAsync(client)));
        await HoldsAsync("4 reconnect", () => EndClientAsync(_ => SignalTunnelAsync("-HUP")));
        await HoldsAsync("29 upstream resolver down", WithoutUpstreamAsync);
        await HoldsAsync("8 and 9 tunnel", () => KillPartAsync("vpn-tunnel"));
        await HoldsAsync("5 servers silent for 9 s", () => drivers.Exits.SilenceAsync(Silence, Token));
        await HoldsAsync("52 tun0 deleted", () => stack.AsRootInsideAsync("ip", "link", "delete", "tun0"));
        await HoldsAsync("7 SIGTERM of the client", () => EndClientAsync(client => stack.Lab.Host.RequireAsync("kill", [$"{client}"], Token)));
        await HoldsAsync("53 dials with the tunnel down", DialWithoutTunnelAsync);
    }

    /// <summary>Nothing but the carrier leaves, and dev's calls come back.</summary>
    private async Task HoldsAsync(string fault, Func<Task> act)
    {
        var before = await stack.CountAsync();
        var clock = Stopwatch.StartNew();
        await act();
        await DockerStack.WaitForAsync($"{driver}, {fault}: dev's calls leave at an exit", async () => await stack.SeenAtAsync("dev") is var at && Addresses.Contains(at));
        var seen = (await stack.CountAsync()).Since(before);
        output.WriteLine($"{driver}, {fault}: over after {clock.Elapsed.TotalSeconds:0.0} s, {seen}");
        Assert.True(seen is { Leaked: 0, Carrier.Packets: > 0 }, $"{driver}, {fault}: {seen}");
    }

    private async Task ChangeToAsync(string next)
    {
        driver = next;
        drivers.Use(next, 1);
        if (next == "adguard")
        {
            await stack.CulvertAsync("up", "--now", "--timeout", "1");
            var login = await stack.CulvertAsync("login", "--json");
            Assert.True(login.Succeeded, login.Describe());
        }

        await ChangeExitAsync(1);
        Assert.NotEmpty(await stack.PidsAsync("vpn-tunnel", Client));
    }

    private async Task ChangeExitAsync(int exit)
    {
        drivers.Use(driver, exit);
        // The load never ends.
        var up = await stack.CulvertAsync("up", "--now");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        await DockerStack.WaitForAsync($"{driver}: dev's calls leave at exit{exit}", async () => await stack.SeenAtAsync("dev") == Addresses[exit - 1]);
    }

    private async Task EndClientAsync(Func<int, Task> end)
    {
        await DockerStack.WaitForAsync("a client runs", async () => await stack.PidsAsync("vpn-tunnel", Client) is [_]);
        var client = Assert.Single(await stack.PidsAsync("vpn-tunnel", Client));
        await end(client);
        await DockerStack.WaitForAsync("another client runs", async () => await stack.PidsAsync("vpn-tunnel", Client) is [var now] && now != client);
    }

    /// <summary>Past the engine, which would take it for the user's will to stop the part (docs/known-issues.md).</summary>
    private async Task SignalTunnelAsync(string signal) =>
        await stack.Lab.Host.RequireAsync("kill", [signal, $"{await stack.PidAsync("vpn-tunnel")}"], Token);

    private async Task KillPartAsync(string part)
    {
        var role = await stack.PidAsync(part);
        await stack.KillAsync(role);
        await DockerStack.WaitForAsync($"another {part} runs", async () => await stack.PidAsync(part) is > 0 and var now && now != role);
    }

    private async Task InjectAsync(string destination)
    {
        string[] route = [destination, "via", DockerStack.UplinkGateway, "dev", await stack.UplinkAsync()];
        await stack.AsRootInsideAsync(["ip", "route", "add", .. route]);
        Assert.Contains(route[^1], await stack.AsRootInsideAsync("ip", "route", "get", "198.51.100.20"), StringComparison.Ordinal);
        await Task.Delay(Moment, Token);
        await stack.AsRootInsideAsync(["ip", "route", "delete", .. route]);
    }

    private async Task WithoutUpstreamAsync()
    {
        await stack.Lab.Dot.StopAsync();
        // A name of its own each time: the last answer for one would be served.
        var asked = await stack.AsRootInsideAsync("dig", "+tries=1", "+time=10", "@127.0.0.1", $"{driver}.unasked.lab.example");
        Assert.Contains("status: SERVFAIL", asked, StringComparison.Ordinal);
        await stack.Lab.Dot.StartAsync(Token);
    }

    private async Task StartWithoutServersAsync()
    {
        await drivers.Exits.StopAsync();
        await KillPartAsync("vpn-tunnel");
        await Task.Delay(Silence, Token);
        await drivers.Exits.StartAsync(Token);
    }

    /// <summary>The carrier's address, from dev's uid to the carrier's port and to another (20, 21); the control is the carrier's own user and group.</summary>
    private async Task RefusedAsync()
    {
        var (kind, port) = driver switch
        {
            "wireguard" => ("SOCK_DGRAM", LabAddresses.OpenVpnPort),
            "adguard" => ("SOCK_STREAM", 443),
            _ => ("SOCK_STREAM", LabAddresses.OpenVpnPort),
        };
        var (place, uplink) = (await stack.PidAsync("dev"), await stack.UplinkAsync());
        foreach (var (fault, user, group, to, passes) in new[]
        {
            ("21 the carrier's port", "1000", "1000", port, false), ("20 another port", "1000", "1000", port + 1, false),
            ("20 another port, by the carrier's user", "0", "970", port + 1, false), ("the control", "0", "970", port, true),
        })
        {
            var tried = await stack.Lab.Host.RunAsync(
                "nsenter",
                [
                    "--target", $"{place}", "--net", "--", "setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs", "--",
                    "/usr/bin/python3", "-c", Send, kind, $"{stack.Lab.Exit1.Address}", $"{to}", uplink,
                ],
                Token);
            output.WriteLine($"{driver}, {fault}: {(tried.Succeeded ? tried.Output : tried.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])}");
            Assert.Equal(passes, tried.Succeeded);
        }
    }

    private async Task DialWithoutTunnelAsync()
    {
        await drivers.Exits.StopAsync();
        try
        {
            // Until then the tunnel may carry for all that anybody knows; status may still tell of what was before.
            await DockerStack.WaitForAsync("tun0 is down", async () => !(await stack.AsRootInsideAsync("ip", "-o", "link", "show", "up")).Contains("tun0", StringComparison.Ordinal));
            await DockerStack.WaitForAsync("status says that not all is well", async () => !(await stack.CulvertAsync("status")).Succeeded);
            foreach (var proxy in new[] { "socks5h://127.0.0.1:1080", "http://127.0.0.1:1090" })
            {
                var call = await stack.ExecAsync("dev", "curl", "--silent", "--output", "/dev/null", "--write-out", "%{time_total}", "--proxy", proxy, "https://api.openai.com/v1/models");
                Assert.True(!call.Succeeded && double.Parse(call.Output, CultureInfo.InvariantCulture) < 1, $"{proxy}: {call.Output}: {call.Describe()}");
            }
        }
        finally
        {
            await drivers.Exits.StartAsync(CancellationToken.None);
        }
    }

    /// <summary>dev's container, and the network that its processes are in.</summary>
    private async Task<(string Container, string Space)> DevAsync() =>
        ((await stack.InspectAsync("dev")).GetProperty("Id").GetString()!, (await stack.ExecAsync("dev", "readlink", "/proc/self/ns/net")).Output);
}
