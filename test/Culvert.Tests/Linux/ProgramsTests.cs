using Culvert.Linux;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Linux;

public sealed class ProgramsTests
{
    [Theory]
    [InlineData(null, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")]
    [InlineData("/opt/bin::/usr/bin", "/opt/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin")]
    public void The_systems_directories_come_after_the_callers(string? path, string expected) => Assert.Equal(expected, Programs.SearchPath(path));

    [Fact]
    public void Only_what_can_be_run_is_found()
    {
        using var folder = new TemporaryFolder();
        folder.Write("one/tool", "");
        var second = folder.Write("two/tool", "", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(second, Programs.Find("tool", $"{folder.PathOf("one")}:{folder.PathOf("two")}"));
        Assert.Null(Programs.Find("tool", folder.PathOf("one")));
    }

    [Fact]
    public void Exec_finds_what_lives_in_sbin_and_nothing_that_is_nowhere()
    {
        Assert.Equal("/bin/sh", Exec.Find("sh")?.Replace("/usr", ""));
        Assert.Null(Exec.Find("no-such-program"));
    }

    [Fact]
    public void A_command_is_prefixed_by_where_it_stands()
    {
        Assert.Equal(["ip", "addr"], Standpoint.Own.Command("ip", ["addr"]));
        Assert.Equal(["ip", "netns", "exec", "work-vpn", "ip", "addr"], Standpoint.Namespace("work-vpn").Command("ip", ["addr"]));
        Assert.Equal(["nsenter", "--net=/proc/7/ns/net", "ip", "addr"], Standpoint.NetworkOf(7, "x").Command("ip", ["addr"]));
    }

    [Fact]
    public void Root_has_an_account_and_a_uid_that_nobody_has_does_not()
    {
        Assert.Equal(new UserAccount("root", 0, 0, "/root"), UserAccount.Find(0));
        Assert.Null(UserAccount.Find(1_987_654_321));
    }

    [Fact]
    public void A_parameter_that_is_not_there_is_null_and_one_that_cannot_be_set_says_why()
    {
        Assert.Null(Sysctl.Read("net/ipv4/nothing"));
        Assert.NotNull(Sysctl.Read("kernel/ostype"));
        Assert.NotNull(Sysctl.TryWrite("kernel/nothing", "1"));
    }
}
