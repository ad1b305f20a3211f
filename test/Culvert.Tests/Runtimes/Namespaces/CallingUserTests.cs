using Culvert.Linux;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class CallingUserTests
{
    private static readonly UserAccount Ann = new("ann", 1000, 100, "/home/ann");
    private static readonly UserAccount Root = new("root", 0, 0, "/root");

    [Fact]
    public void Is_the_user_behind_sudo_with_their_groups_and_home()
    {
        var user = Identify("1000", "100");
        Assert.Equal((1000, 100), (user!.Uid, user.Gid));
        Assert.True(user.ToEntry().InitGroups);
        Assert.Equal([("HOME", "/home/ann"), ("USER", "ann"), ("LOGNAME", "ann")], user.Environment());
    }

    [Fact]
    public void Is_root_without_sudo()
    {
        var user = Identify(null, null);
        Assert.Equal((0, 0), (user!.Uid, user.Gid));
        Assert.Contains(("HOME", "/root"), user.Environment());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("ann", "users")]
    [InlineData("-1", "-1")]
    [InlineData("4294967296", "0")]
    public void What_is_no_uid_counts_as_no_sudo(string uid, string gid) => Assert.Equal(0, Identify(uid, gid)!.Uid);

    [Theory]
    [InlineData("0")]
    [InlineData("1000")]
    public void Nobody_runs_a_command_in_the_tunnels_group(string uid)
    {
        Assert.Null(CallingUser.Identify(name => name == "SUDO_UID" ? uid : "970", _ => null, out var refusal));
        Assert.Contains("gid 970 is the tunnel's", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_whom_the_machine_does_not_know_has_no_other_group_and_keeps_the_environment()
    {
        var user = Identify("4242", "4243");
        Assert.Equal((4242, 4243), (user!.Uid, user.Gid));
        Assert.False(user.ToEntry().InitGroups);
        Assert.Empty(user.Environment());
    }

    [Fact]
    public void Without_a_gid_the_uid_serves() => Assert.Equal(1000, Identify("1000", null)!.Gid);

    [Theory]
    [InlineData("970", "tunnel")]
    [InlineData("1053", "resolver")]
    [InlineData("1090", "proxy")]
    [InlineData("1091", "status")]
    public void Is_refused_when_the_guard_would_take_them_for_a_role(string uid, string role)
    {
        Assert.Null(CallingUser.Identify(Environment(uid, uid), _ => null, out var refusal));
        Assert.Contains(role, refusal, StringComparison.Ordinal);
        Assert.Contains(uid, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1000")]
    public void Gets_no_capability_not_even_root(string? uid)
    {
        var entry = Identify(uid, uid)!.ToEntry();
        Assert.Empty(entry.Bounding);
        Assert.Empty(entry.Ambient);
        Assert.False(entry.Tun);
    }

    private static CallingUser? Identify(string? uid, string? gid) =>
        CallingUser.Identify(Environment(uid, gid), id => id switch { 0 => Root, 1000 => Ann, _ => null }, out _);

    private static Func<string, string?> Environment(string? uid, string? gid) => name => name switch
    {
        "SUDO_UID" => uid,
        "SUDO_GID" => gid,
        _ => null,
    };
}
