using System.Globalization;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary>Cases of the conformance suite about rights, read from the kernel and tried out.</summary>
public sealed class PrivilegeTests
{
    private const ulong NetAdmin = 1UL << 12;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_36_and_37_the_roles_hold_no_capability_but_net_admin_in_the_tunnel_and_can_gain_none()
    {
        await using var stack = await RunningStack.StartAsync();
        var expected = new (Victim Role, int Uid, ulong Permitted)[]
        {
            (Victim.Hold, 0, 0), (Victim.Tunnel, 970, NetAdmin), (Victim.Client, 970, 0), (Victim.Resolver, 1053, 0), (Victim.Proxy, 1090, 0),
        };
        foreach (var (role, uid, permitted) in expected)
        {
            var process = Assert.Single(role.In(stack.Lab.Host));
            var status = Status(process.Pid);
            Assert.Equal((role.Name, uid), (role.Name, process.Uid));
            foreach (var set in new[] { "CapPrm", "CapEff", "CapInh", "CapAmb" })
            {
                Assert.True(status[set] == permitted, $"{role.Name}: {set} is {status[set]:x}");
            }

            // Lowering the bound takes CAP_SETPCAP, which the tunnel role that starts the client has not.
            Assert.Equal(role == Victim.Client ? NetAdmin : permitted, status["CapBnd"]);

            Assert.True(status["NoNewPrivs"] == 1, $"{role.Name} may gain privileges");
        }

        // The reader sees capabilities where there are some: the supervisor stays outside and keeps the host's.
        Assert.NotEqual(0UL, Status(Assert.Single(Victim.Supervisor.In(stack.Lab.Host)).Pid)["CapPrm"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1000")]
    public async Task Fault_38_dev_cannot_change_the_rules_the_routes_read_nflog_or_become_the_carriers_user(string? sudoUid)
    {
        await using var stack = await RunningStack.StartAsync();
        var rules = await stack.AsRootInsideAsync("nft", "--stateless", "list", "ruleset");
        var routes = await stack.AsRootInsideAsync("ip", "route", "show", "table", "all");
        string[][] attempts =
        [
            ["nft", "flush", "ruleset"],
            ["nft", "insert rule inet culvert output accept"],
            ["ip", "route", "add", "198.51.100.20/32", "via", RunningStack.UplinkGateway, "dev", RunningStack.Uplink],
            ["ip", "rule", "add", "fwmark", "1", "lookup", "main"],
            ["ip", "link", "delete", "tun0"],
            ["setpriv", "--reuid", "970", "true"],
            [RepositoryFiles.Python, "-c", ReadNflog],
            ["unshare", "--net", "true"],
        ];
        foreach (var attempt in attempts)
        {
            var dev = await stack.Culvert.CallAsync(
                ["run", "--", .. attempt],
                new LabCommandOptions { Environment = sudoUid is null ? null : new Dictionary<string, string> { ["SUDO_UID"] = sudoUid, ["SUDO_GID"] = sudoUid } },
                LabPlace.DefaultDeadline,
                Token);
            Assert.False(dev.Succeeded, $"{string.Join(' ', attempt)}: {dev.Output}");
        }

        Assert.Equal(rules, await stack.AsRootInsideAsync("nft", "--stateless", "list", "ruleset"));
        Assert.Equal(routes, await stack.AsRootInsideAsync("ip", "route", "show", "table", "all"));
        // The control, the most destructive last: each attempt is one that works for who has the right.
        foreach (var attempt in attempts.Reverse())
        {
            var root = await stack.TryAsRootInsideAsync(attempt);
            Assert.True(root.Succeeded, $"the same, tried as root: {root.Describe()}");
        }
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

    private static Dictionary<string, ulong> Status(int pid) => File.ReadLines($"/proc/{pid}/status")
        .Select(line => line.Split(":\t"))
        .Where(pair => pair[0].StartsWith("Cap", StringComparison.Ordinal) || pair[0] == "NoNewPrivs")
        .ToDictionary(pair => pair[0], pair => ulong.Parse(pair[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
