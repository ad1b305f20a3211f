using System.Globalization;
using System.Text.Json;
using Culvert.Lab.Sandboxing;

namespace Culvert.SystemTests.Docker;

/// <summary>Cases of the conformance suite about rights, on the real engine: what it was told, and what the kernel says.</summary>
[Collection(DockerCollection.Name)]
public sealed class PrivilegeInDockerTests(DockerStack stack)
{
    private const ulong NetAdmin = 1UL << 12;
    private static readonly string[] EveryExcess =
    [
        "not every capability is dropped", "it may gain privileges", "privileged", "the host's network", "a writable root",
        "no limit of processes", "no limit of memory", "logs without a limit",
    ];

    private static readonly string[] NetAdminNames = ["NET_ADMIN", "CAP_NET_ADMIN"];

    private static readonly string[] MayHaveNetAdmin = ["vpn", "vpn-tunnel", "vpn-guard"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_35_nobody_but_vpn_net_reaches_the_proxies_and_no_port_of_them_is_published()
    {
        await stack.UpAsync();
        var vpnNet = (await stack.InspectAsync("vpn")).GetProperty("NetworkSettings").GetProperty("Networks").GetProperty("vpn-net").GetProperty("IPAddress").GetString()!;
        string[] places = [DockerStack.UplinkAddress, vpnNet];
        foreach (var place in places)
        {
            foreach (var port in new[] { "1080", "1090" })
            {
                Assert.False(await ConnectsAsync(place, port), $"the host reaches {place}:{port}");
            }
        }

        // A neighbour on the uplink, and the ISP, which has a route there.
        var neighbour = await stack.Engine.DockerAsync(
            ["run", "--rm", "--network", "culvert_uplink", "--entrypoint", "curl", "culvert-dev", .. Curl(DockerStack.UplinkAddress, "1090")], Token);
        Assert.NotEqual("400", neighbour.Output);
        var published = string.Concat(await Task.WhenAll(DockerStack.Parts.Select(part => stack.DockerAsync("port", part))));
        Assert.Equal(
            ["8080/tcp -> 127.0.0.1:8080", "8090/tcp -> 127.0.0.1:8090", "9090/tcp -> 127.0.0.1:9090"],
            published.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        // The controls: an application reaches it by name, and the host does as soon as nobody guards.
        Assert.Equal("203.0.113.11", await stack.AppCallAsync());
        var rules = await stack.RulesAsync();
        await stack.AsRootInsideAsync("nft", "delete", "table", "inet", "culvert");
        try
        {
            Assert.True(await ConnectsAsync(vpnNet, "1090"), "without the guard the host must reach the proxy, or this proves nothing");
        }
        finally
        {
            stack.Lab.Host.WriteFile("/run/rules.nft", rules);
            await stack.AsRootInsideAsync("nft", "-f", "/run/rules.nft");
        }
    }

    [Fact]
    public async Task Fault_36_every_container_is_told_to_have_as_little_as_the_design_says()
    {
        await stack.UpAsync();
        foreach (var part in DockerStack.Parts)
        {
            Assert.Empty(Excess(part, await stack.InspectAsync(part)));
        }

        // The control: the same look finds everything that a careless container has.
        var careless = (await stack.DockerAsync("create", "--privileged", "--network", "host", "--publish", "1080:1080", "culvert")).Trim();
        Assert.Equal(EveryExcess, Excess("careless", await stack.InspectAsync(careless)));
        await stack.DockerAsync("rm", careless);
    }

    [Fact]
    public async Task Fault_37_no_process_holds_a_capability_but_the_tunnel_role()
    {
        await stack.UpAsync();
        var expected = new (string Part, string Program, int Uid, ulong Permitted)[]
        {
            ("vpn", "culvert", 0, 0), ("vpn-tunnel", "culvert", 0, NetAdmin), ("vpn-tunnel", "openvpn", 0, 0),
            ("vpn-resolver", "unbound", 1053, 0), ("vpn-proxy", "culvert", 1090, 0), ("vpn-status", "culvert", 1091, 0),
            ("prometheus", "prometheus", 1092, 0), ("dev", "node", 1000, 0), ("app1", "python3", 1001, 0),
        };
        foreach (var (part, program, uid, permitted) in expected)
        {
            var pids = await stack.PidsAsync(part, program);
            Assert.NotEmpty(pids);
            foreach (var pid in pids)
            {
                var status = await StatusAsync(pid);
                Assert.Equal((part, program, uid), (part, program, int.Parse(status["Uid"].Split('\t')[0], CultureInfo.InvariantCulture)));
                Assert.True(Hex(status["CapPrm"]) == permitted && Hex(status["CapEff"]) == permitted, $"{part} {program}: {status["CapPrm"]}");
                Assert.True(Hex(status["CapInh"]) == 0 && Hex(status["CapAmb"]) == 0, $"{part} {program} hands capabilities on");
                Assert.Equal(MayHaveNetAdmin.Contains(part) ? NetAdmin : 0, Hex(status["CapBnd"]));
                Assert.Equal("1", status["NoNewPrivs"]);
            }
        }

        // The control: the same reader sees the engine's own.
        var engine = Assert.Single(stack.Lab.Host.Processes, process => process.Name == "dockerd");
        Assert.NotEqual(0UL, Hex(Read(await File.ReadAllTextAsync($"/proc/{engine.Pid}/status", Token))["CapPrm"]));
    }

    [Fact]
    public async Task Fault_35_36_and_37_the_container_that_changes_a_guard_has_no_more_than_hold_begins_with()
    {
        await stack.UpAsync();
        await stack.ComposeAsync("run", "--rm", "--detach", "--no-deps", "--no-TTY", "--name", "changing", "--entrypoint", "sleep", "vpn-guard", "60");
        try
        {
            var (guard, owner) = (await stack.InspectAsync("changing"), await stack.InspectAsync("vpn"));
            Assert.Empty(Excess("vpn-guard", guard));
            Assert.True(guard.GetProperty("HostConfig").GetProperty("RestartPolicy").GetProperty("Name").GetString() is "" or "no", "the engine would start it again");
            Assert.Equal(owner.GetProperty("Image").GetString(), guard.GetProperty("Image").GetString());
            Assert.Equal(Mounts(owner), Mounts(guard));
            Assert.Equal("", await stack.DockerAsync("port", "changing"));
            var status = await StatusAsync(await stack.PidAsync("changing"));
            Assert.Equal((NetAdmin, NetAdmin, NetAdmin, 0UL, 0UL), (Hex(status["CapPrm"]), Hex(status["CapEff"]), Hex(status["CapBnd"]), Hex(status["CapInh"]), Hex(status["CapAmb"])));
            Assert.Equal("1", status["NoNewPrivs"]);
            Assert.Equal((await stack.ExecAsync("dev", "readlink", "/proc/self/ns/net")).Output, (await stack.ExecAsync("changing", "readlink", "/proc/self/ns/net")).Output);
            // The others' processes are none of its business.
            Assert.DoesNotContain("openvpn", (await stack.ExecAsync("changing", "sh", "-c", "cat /proc/[0-9]*/comm")).Output, StringComparison.Ordinal);
        }
        finally
        {
            await stack.DockerAsync("rm", "--force", "changing");
        }
    }

    [Fact]
    public async Task Fault_38_dev_cannot_change_the_rules_or_the_routes_read_nflog_or_become_the_carriers_user()
    {
        await stack.UpAsync();
        var rules = await stack.RulesAsync();
        var routes = await stack.AsRootInsideAsync("ip", "route", "show", "table", "all");
        // The host's own tools, so that not having them is no defence.
        string[][] attempts =
        [
            ["/usr/sbin/nft", "flush", "ruleset"],
            ["/usr/sbin/nft", "insert rule inet culvert output accept"],
            ["/bin/ip", "route", "add", "198.51.100.20/32", "via", DockerStack.UplinkGateway, "dev", await stack.UplinkAsync()],
            ["/bin/ip", "link", "delete", "tun0"],
            ["/usr/bin/python3", "-c", "import os; os.setuid(0)"],
            ["/usr/bin/python3", "-c", ReadNflog],
            ["/usr/bin/python3", "-c", "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300)"],
        ];
        var dev = await stack.PidAsync("dev");
        foreach (var attempt in attempts)
        {
            var tried = await AsDevAsync(dev, attempt);
            Assert.False(tried.Succeeded, $"{string.Join(' ', attempt)}: {tried.Output}");
        }

        // The specification's dev container itself, by its own interpreter.
        Assert.NotEqual(0, (await stack.ExecAsync("dev", "python3", "-c", "import os; os.setuid(0)")).ExitCode);
        Assert.Equal(rules, await stack.RulesAsync());
        Assert.Equal(routes, await stack.AsRootInsideAsync("ip", "route", "show", "table", "all"));
        // The control, the most destructive last: each is an attempt that works for who has the right.
        foreach (var attempt in attempts.Reverse())
        {
            await stack.AsRootInsideAsync(attempt);
        }

        var mended = await stack.CulvertAsync("restart");
        Assert.True(mended.Succeeded, mended.Describe());
    }

    private static IReadOnlyList<string> Curl(string address, string port) =>
        ["--silent", "--noproxy", "*", "--max-time", "2", "--output", "/dev/null", "--write-out", "%{http_code}", $"http://{address}:{port}/"];

    /// <summary>An HTTP proxy answers a request that is not for a proxy with 400; a SOCKS proxy hangs up, which curl tells by its exit code.</summary>
    private async Task<bool> ConnectsAsync(string address, string port)
    {
        var call = await stack.Lab.Host.RunAsync("curl", Curl(address, port), Token);
        return call.ExitCode is not (28 or 7);
    }

    /// <summary>As a process of dev's namespaces, uid and rights, with the host's files.</summary>
    private Task<LabCommandResult> AsDevAsync(int dev, IReadOnlyList<string> line) => stack.Lab.Host.RunAsync(
        "nsenter",
        ["--target", $"{dev}", "--net", "--", "setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs", "--", .. line],
        Token);

    private async Task<Dictionary<string, string>> StatusAsync(int pid) => Read(await stack.StatusOfAsync(pid));

    private static Dictionary<string, string> Read(string status) => status.Split('\n')
        .Select(line => line.Split(":\t", 2))
        .Where(pair => pair.Length == 2)
        .ToDictionary(pair => pair[0], pair => pair[1]);

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Mounts(JsonElement container) => container.GetProperty("Mounts").EnumerateArray()
        .Select(mount => $"{mount.GetProperty("Source")} {mount.GetProperty("Destination")} {mount.GetProperty("RW")}")
        .Where(mount => mount.Contains("/culvert", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static IReadOnlyList<string> Excess(string part, JsonElement container)
    {
        var host = container.GetProperty("HostConfig");
        IReadOnlyList<string> Texts(string name) =>
            host.GetProperty(name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];
        IReadOnlyList<string> added = Texts("CapAdd");
        return
        [
            .. Texts("CapDrop").Contains("ALL") ? [] : new[] { "not every capability is dropped" },
            .. added.Except(MayHaveNetAdmin.Contains(part) ? NetAdminNames : []).Select(capability => $"it has {capability}"),
            .. Texts("SecurityOpt").Any(option => option.StartsWith("no-new-privileges", StringComparison.Ordinal)) ? [] : new[] { "it may gain privileges" },
            .. host.GetProperty("Privileged").GetBoolean() ? new[] { "privileged" } : [],
            .. host.GetProperty("NetworkMode").GetString() == "host" ? new[] { "the host's network" } : [],
            .. host.GetProperty("ReadonlyRootfs").GetBoolean() ? [] : new[] { "a writable root" },
            .. host.GetProperty("PidsLimit") is { ValueKind: JsonValueKind.Number } pids && pids.GetInt64() > 0 ? [] : new[] { "no limit of processes" },
            .. host.GetProperty("Memory").GetInt64() > 0 ? [] : new[] { "no limit of memory" },
            .. host.GetProperty("LogConfig").GetProperty("Config").TryGetProperty("max-size", out _) ? [] : new[] { "logs without a limit" },
        ];
    }

    // NFULNL_MSG_CONFIG with NFULNL_CFG_CMD_BIND for group 5, as every reader of NFLOG begins.
    private const string ReadNflog = """
        import os, socket, struct
        link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        link.bind((0, 0))
        command = struct.pack("=HHB3x", 5, 1, 1)
        link.send(struct.pack("=IHHII", 20 + len(command), 4 << 8 | 1, 5, 1, 0) + struct.pack("=BBH", 0, 0, socket.htons(9)) + command)
        error = -struct.unpack("=i", link.recv(4096)[16:20])[0]
        if error: raise OSError(error, os.strerror(error))
        """;
}
