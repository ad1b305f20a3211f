using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class EntryTests
{
    [Fact]
    public void Somebodys_command_is_left_no_capability_and_can_gain_none() => Assert.Equal(
        ["--reuid=1000", "--regid=100", "--init-groups", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs", "--"],
        new Entry(1000, 100) { InitGroups = true }.ToSetpriv());

    [Fact]
    public void The_tunnel_has_net_admin_from_the_start_and_no_group() => Assert.Equal(
        [
            "--reuid=970", "--regid=970", "--clear-groups", "--bounding-set=-all,+net_admin", "--inh-caps=-all,+net_admin",
            "--ambient-caps=-all,+net_admin", "--no-new-privs", "--",
        ],
        Entry.ForRole(Role.Tunnel).ToSetpriv());

    [Fact]
    public void AdGuards_is_root_in_the_tunnels_group_with_net_admin_alone_and_its_own_resolver()
    {
        var entry = Entry.ForTunnelAsRoot("/run/culvert/work/client-resolv.conf");
        Assert.Equal(
            ["--reuid=0", "--regid=970", "--clear-groups", "--bounding-set=-all,+net_admin", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs", "--"],
            entry.ToSetpriv());
        Assert.Equal(
            ["--uid", "0", "--gid", "970", "--bounding", "net_admin", "--tun", "--resolv-conf", "/run/culvert/work/client-resolv.conf"],
            entry.ToArguments());
    }

    [Fact]
    public void Only_hold_and_the_tunnel_keep_any_capability_and_only_the_tunnel_opens_tun() => Assert.Equal(
        [("hold", "net_admin setpcap", false), ("tunnel", "net_admin", true), ("resolver", "", false), ("proxy", "", false), ("status", "", false)],
        new[] { Role.Hold, Role.Tunnel, Role.Resolver, Role.Proxy, Role.Status }
            .Select(role => (role.Name, string.Join(' ', Entry.ForRole(role).Bounding), Entry.ForRole(role).Tun)));

    [Fact]
    public void Somebodys_command_is_no_role()
    {
        Assert.False(new Entry(0, 0) { InitGroups = true }.IsRole);
        Assert.True((Entry.ForRole(Role.Proxy) with { ProgramDirectory = "/run/culvert/work/bin" }).IsRole);
    }
}
