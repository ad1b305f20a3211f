using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification;
using Culvert.Verification.Checks;

namespace Culvert.Tests.Verification.Checks;

public sealed class PrivilegesCheckTests
{
    private const ulong NetAdmin = 1UL << 12;

    private static readonly ProcessTask Hold = Task(10, "culvert", 0, ["culvert", "hold", "--stage", "pause"]);
    private static readonly ProcessTask Tunnel = Task(11, "culvert", Role.Tunnel.Uid, ["culvert", "tunnel", "--run"], NetAdmin);
    private static readonly ProcessTask Client = Task(12, "openvpn", Role.Tunnel.Uid, ["openvpn", "--config", "x"]);
    private static readonly ProcessTask Resolver = Task(13, "unbound", Role.Resolver.Uid, ["unbound", "-d"]);
    private static readonly ProcessTask Proxy = Task(14, "culvert", Role.Proxy.Uid, ["culvert", "proxy"]);
    private static readonly ProcessTask Dev = Task(15, "node", 1000, ["node"]) with { NoNewPrivileges = false };
    private static readonly ProcessTask Own = Task(1, "culvert", 0, [], ulong.MaxValue);
    private static readonly ProcessTask[] Good = [Hold, Tunnel, Client, Resolver, Proxy, Dev];

    [Fact]
    public void Only_the_tunnel_role_holds_only_NET_ADMIN()
    {
        var judgement = PrivilegesCheck.Judge(Good, Own);
        Assert.Equal(Verdict.Holds, judgement.Verdict);
        Assert.Contains("tunnel culvert 11 caps 1000 nnp 1", judgement.Observed);
        Assert.Contains("no role node 15 caps 0 nnp 0", judgement.Observed);
    }

    [Fact]
    public void Where_dev_is_a_container_it_may_gain_no_privilege_either()
    {
        var judgement = PrivilegesCheck.Judge(Good, Own, devIsSealed: true);
        Assert.Equal("process 15 (node, uid 1000, no role) may gain privileges: NoNewPrivs is 0", judgement.Observed);
        Assert.Equal(Verdict.Holds, PrivilegesCheck.Judge([.. Good.Select(task => task with { NoNewPrivileges = true })], Own, devIsSealed: true).Verdict);
    }

    [Fact]
    public void Only_what_stays_over_both_looks_counts()
    {
        var health = Task(20, "culvert", 0, ["culvert", "health", "hold"], NetAdmin);
        var entering = Task(21, "runc:[2:INIT]", 0, ["runc", "init"], ulong.MaxValue);
        Assert.Equal(Verdict.Broken, PrivilegesCheck.Judge([.. Good, health], Own).Verdict);
        Assert.Equal(Verdict.Holds, PrivilegesCheck.Judge(PrivilegesCheck.Staying([.. Good, health], [.. Good, entering]), Own).Verdict);
        Assert.Equal(Verdict.Broken, PrivilegesCheck.Judge(PrivilegesCheck.Staying([.. Good, health], [.. Good, health]), Own).Verdict);
    }

    [Theory]
    [InlineData(10, NetAdmin)]
    [InlineData(12, NetAdmin)]
    [InlineData(13, 1)]
    [InlineData(14, NetAdmin)]
    [InlineData(15, 1UL << 13)]
    [InlineData(11, NetAdmin | 1)]
    public void A_capability_more_is_named_with_its_process(int process, ulong capabilities)
    {
        var judgement = PrivilegesCheck.Judge([.. Good.Select(task => task.Process == process ? task with { Permitted = capabilities } : task)], Own);
        Assert.Equal(Verdict.Broken, judgement.Verdict);
        Assert.StartsWith($"process {process} (", judgement.Observed);
        Assert.Contains($"CapPrm={capabilities:x}", judgement.Observed);
    }

    [Fact]
    public void One_thread_of_many_and_any_of_the_sets_is_enough()
    {
        ProcessTask[] sets = [Proxy with { Inheritable = 1 }, Proxy with { Effective = 1 }, Proxy with { Ambient = 1 }];
        Assert.All(sets, thread => Assert.Equal(
            Verdict.Broken, PrivilegesCheck.Judge([.. Good, Proxy with { Thread = 99 }, thread with { Thread = 100 }], Own).Verdict));
    }

    [Fact]
    public void A_role_that_may_gain_privileges_is_broken() => Assert.Contains(
        "process 14 (culvert, uid 1090, proxy) may gain privileges",
        PrivilegesCheck.Judge([.. Good.Where(task => task != Proxy), Proxy with { NoNewPrivileges = false }], Own).Observed);

    [Theory]
    [InlineData(10, "hold")]
    [InlineData(13, "resolver")]
    [InlineData(14, "proxy")]
    public void A_role_that_does_not_run_is_broken(int missing, string role) => Assert.Equal(
        $"no process of the role {role} runs in the namespace", PrivilegesCheck.Judge([.. Good.Where(task => task.Process != missing)], Own).Observed);

    [Fact]
    public void A_reader_that_sees_no_capability_anywhere_proves_nothing() =>
        Assert.Equal(Verdict.Inconclusive, PrivilegesCheck.Judge(Good, Own with { Permitted = 0 }).Verdict);

    [Fact]
    public void A_root_process_is_a_role_only_by_its_command()
    {
        Assert.Equal(Role.Hold, PrivilegesCheck.RoleOf(Hold));
        Assert.Equal(Role.Tunnel, PrivilegesCheck.RoleOf(Tunnel with { Uid = 0 }));
        Assert.Null(PrivilegesCheck.RoleOf(Task(20, "sh", 0, ["sh", "-c", "x", "hold"])));
        Assert.Null(PrivilegesCheck.RoleOf(Dev with { Arguments = ["culvert", "tunnel"] }));
    }

    [Fact]
    public void AdGuards_client_may_hold_the_right_to_make_tun0_and_another_may_not()
    {
        var client = Task(12, "adguardvpn-cli", 0, ["adguardvpn-cli", "connect"], NetAdmin) with { Gid = Role.Tunnel.Uid };
        Assert.Equal(Role.Tunnel, PrivilegesCheck.RoleOf(client));
        ProcessTask[] tasks = [.. Good.Where(task => task != Client), client];
        Assert.Equal(Verdict.Holds, PrivilegesCheck.Judge(tasks, Own, clientHasRight: true).Verdict);
        Assert.Equal(Verdict.Broken, PrivilegesCheck.Judge(tasks, Own).Verdict);
        Assert.Equal(Verdict.Broken, PrivilegesCheck.Judge([.. tasks, client with { Process = 13, Gid = 0 }], Own, clientHasRight: true).Verdict);
    }

    [Fact]
    public void Verifys_own_probes_are_left_out_with_their_children()
    {
        ProcessTask[] tasks = [.. Good, Task(30, "culvert", 0, ["culvert", "probe"]) with { Parent = 77 }, Task(31, "sh", 0, ["sh"]) with { Parent = 30 }];
        Assert.Equal(Good, PrivilegesCheck.WithoutDescendantsOf(77, tasks));
        Assert.Equal(tasks, PrivilegesCheck.WithoutDescendantsOf(78, tasks));
    }

    private static ProcessTask Task(int process, string name, int uid, string[] arguments, ulong capabilities = 0) =>
        new(process, process, 1, name, arguments, uid, 0, capabilities, capabilities, 0, NoNewPrivileges: true);
}
