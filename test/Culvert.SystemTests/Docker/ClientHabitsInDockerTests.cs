using System.Text.Json.Nodes;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Tunnels;

namespace Culvert.SystemTests.Docker;

/// <summary>
/// What each VPN client would do by itself, beginning with the first moment of a stack: nothing of it is done. The control is the same program with
/// the same files, as a person runs it, in a container of its own. Run by name: <c>Culvert.SystemTests -explicit only -class "*ClientHabitsInDockerTests"</c>.
/// </summary>
[Collection(DockerCollection.Name)]
public sealed class ClientHabitsInDockerTests(DockerStack stack, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Configuration = $"{DockerStack.Folder}/culvert.yaml";
    private const string Secrets = $"{DockerStack.Folder}/secrets";
    private const string Person = "person";
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A location of AdGuard's that needs no name.</summary>
    private const string Locations = """{"locations": [{"iso": "DE", "country": "Germany", "city": "Frankfurt", "ping": 20, "profile": "/profiles/exit1.ovpn"}]}""";

    private static readonly string[] Pushes =
    [
        "redirect-gateway def1 bypass-dhcp", "route 198.51.100.20 255.255.255.255 net_gateway", "route 198.51.100.0 255.255.255.0 net_gateway", "dhcp-option DNS 8.8.8.8",
    ];

    private readonly DockerDrivers drivers = new(stack);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stack.Engine.DockerAsync(["rm", "--force", Person, FirstMoment.Talker], CancellationToken.None);
        await stack.Lab.Exit1.RestartAsync(ExitOptions.Default, CancellationToken.None);
        await drivers.DisposeAsync();
    }

    [Theory(Explicit = true)]
    [InlineData("openvpn", "198.51.100.20 via", "openvpn --config /profiles/exit1.ovpn", "openvpn --config /profiles/named.ovpn")]
    [InlineData(
        "wireguard",
        "lookup 51820",
        // What the image has not: wg-quick sets a sysctl that only a machine has, and hands the DNS of the file to resolvconf.
        "ln -s /bin/true /usr/local/bin/sysctl; ln -s /bin/true /usr/local/bin/resolvconf; wg-quick up /profiles/exit1.conf; sleep 60",
        "wireguard-go plain; wg-quick strip /profiles/named.conf | wg setconf plain /dev/stdin")]
    [InlineData(
        "adguard",
        "lookup 880",
        "adguardvpn-cli login; adguardvpn-cli connect --no-fork -y -l Frankfurt",
        "cp /profiles/named.json /etc/adguard-double.json; adguardvpn-cli login; adguardvpn-cli connect --no-fork -y -l Frankfurt")]
    public async Task Fault_1_19_and_30_nothing_but_the_carrier_leaves_and_no_route_rule_or_dns_is_the_clients(string driver, string trace, string alone, string named)
    {
        await stack.UpAsync();
        await drivers.PrepareAsync();
        await TemptAsync(driver);
        await stack.CulvertAsync("down");

        var heard = stack.Lab.Eavesdropper.Heard.Count;
        var seen = await FirstMoment.UpAsync(stack, Token);
        output.WriteLine($"{driver}: {seen}");
        Assert.True(seen is { LeakedFromInside: 0, Carrier.Packets: > 0 }, $"{driver}: {seen}");
        Assert.DoesNotContain(trace, await RulesAndRoutesAsync(stack.AsRootInsideAsync), StringComparison.Ordinal);
        Assert.DoesNotContain("198.51.100.", await RulesAndRoutesAsync(stack.AsRootInsideAsync), StringComparison.Ordinal);
        // The engine's own, which the guard turns to the resolver.
        Assert.Equal("nameserver 127.0.0.11", (await stack.ExecAsync("dev", "grep", "^nameserver", "/etc/resolv.conf")).Output.Trim());
        Assert.DoesNotContain("8.8.8.8", (await stack.ExecAsync("vpn-tunnel", "cat", "/etc/resolv.conf")).Output, StringComparison.Ordinal);
        if (driver != "adguard")
        {
            await RefusesANameAsync(driver);
        }

        Assert.DoesNotContain(stack.Lab.Eavesdropper.Heard.Skip(heard), query => IsTheVpns(query.Name));

        await AsAPersonAsync(alone);
        await DockerStack.WaitForAsync("run by a person, it sets its own routes", async () =>
            (await RulesAndRoutesAsync(async line => (await stack.ExecAsync(Person, [.. line])).Output)).Contains(trace, StringComparison.Ordinal));
        await AsAPersonAsync(named);
        await DockerStack.WaitForAsync("run by a person, it asks for its server in clear", () =>
            Task.FromResult(stack.Lab.Eavesdropper.Heard.Skip(heard).Any(query => IsTheVpns(query.Name))));
        await stack.AssertSeenWithoutGuardAsync();
    }

    /// <summary>The driver is in use, and its server or its files ask for what they must not get.</summary>
    private async Task TemptAsync(string driver)
    {
        var host = stack.Lab.Host;
        drivers.Use(driver, 1);
        var openVpn = stack.Lab.Exit1.Profile();
        host.WriteFile($"{Secrets}/named.ovpn", openVpn.Replace($"remote {stack.Lab.Exit1.Address}", "remote exit1.lab.example", StringComparison.Ordinal), Secret);
        var wireGuard = await File.ReadAllTextAsync(host.PathOf($"{Secrets}/exit1.conf"), Token);
        Assert.Contains("DNS = 8.8.8.8", wireGuard, StringComparison.Ordinal);
        host.WriteFile($"{Secrets}/named.conf", wireGuard.Replace($"Endpoint = {stack.Lab.Exit1.Address}", "Endpoint = exit1.lab.example", StringComparison.Ordinal), Secret);
        host.WriteFile($"{Secrets}/named.json", AdGuardStack.World("/profiles"));
        switch (driver)
        {
            case "openvpn":
                await stack.Lab.Exit1.RestartAsync(new ExitOptions { Pushes = Pushes }, Token);
                break;
            case "wireguard":
                host.WriteFile($"{Secrets}/exit1.conf", wireGuard.Replace("AllowedIPs = ", "AllowedIPs = 198.51.100.20/32, 198.51.100.0/24, ", StringComparison.Ordinal), Secret);
                break;
            default:
                await stack.CulvertAsync("up", "--timeout", "1");
                Assert.True((await stack.CulvertAsync("login", "--json")).Succeeded);
                await UseTheClientsDefaultsAsync();
                break;
        }
    }

    /// <summary>What a person may have left in the state of AdGuard's client.</summary>
    private async Task UseTheClientsDefaultsAsync()
    {
        var folder = stack.Lab.Host.PathOf($"{DockerStack.Folder}/.culvert/roles/login");
        var file = Assert.Single(Directory.EnumerateFiles(folder, "adguardvpn-cli.conf", SearchOption.AllDirectories));
        var state = JsonNode.Parse(await File.ReadAllTextAsync(file, Token))!;
        (state["routing"], state["dns"]) = ("auto", "on");
        await File.WriteAllTextAsync(file, state.ToJsonString(), Token);
    }

    /// <summary>A profile whose server has a name is not begun with.</summary>
    private async Task RefusesANameAsync(string driver)
    {
        var before = await File.ReadAllTextAsync(stack.Lab.Host.PathOf(Configuration), Token);
        drivers.Edit(yaml => yaml.Replace("/exit1.", "/named.", StringComparison.Ordinal));
        var up = await stack.CulvertAsync("up");
        drivers.Edit(_ => before);
        Assert.True(up.ExitCode == 2 && up.Error.Contains("in clear", StringComparison.Ordinal), $"{driver}: {up.Describe()}");
    }

    private async Task AsAPersonAsync(string line)
    {
        await stack.Engine.DockerAsync(["rm", "--force", Person], Token);
        await stack.DockerAsync(
            "run", "--detach", "--name", Person, "--network", "culvert_default", "--cap-add", "NET_ADMIN", "--device", "/dev/net/tun", "--sysctl", "net.ipv6.conf.all.disable_ipv6=0",
            "--env", "HOME=/tmp", "--env", "WG_QUICK_USERSPACE_IMPLEMENTATION=wireguard-go", "--volume", $"{Secrets}:/profiles:ro",
            "--entrypoint", "sh", DockerDrivers.Image, "-c", $"printf '%s' '{Locations}' >/etc/adguard-double.json; {line}; sleep 60");
    }

    private static async Task<string> RulesAndRoutesAsync(Func<IReadOnlyList<string>, Task<string>> run) =>
        await run(["ip", "rule", "show"]) + await run(["ip", "route", "show", "table", "all"]);

    private static bool IsTheVpns(string name) => name.Contains("exit1.", StringComparison.Ordinal) || name.Contains("adguard", StringComparison.Ordinal);
}
