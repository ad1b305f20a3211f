using System.Net;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class NameFilesTests
{
    [Fact]
    public void Resolv_conf_names_one_resolver_and_nothing_else() =>
        Assert.Equal("# Written by culvert.\nnameserver 127.0.0.1\n", NameFiles.ResolvConf(IPAddress.Loopback));

    [Fact]
    public void Hosts_holds_the_stacks_own_names_only() => Assert.Equal(
        """
        # Written by culvert.
        127.0.0.1 localhost
        127.0.1.1 desk
        172.30.98.2 vpn

        """,
        NameFiles.Hosts("desk", IPAddress.Parse("172.30.98.2")));

    [Theory]
    [InlineData("hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\n")]
    [InlineData("  Hosts:files mdns4_minimal\n")]
    [InlineData("hosts: files\nhosts: resolve\n")]
    [InlineData("")]
    public void Names_of_hosts_are_asked_of_files_and_dns_alone(string hosts) =>
        Assert.Equal("hosts:          files dns\n", NameFiles.NsswitchConf(hosts));

    [Fact]
    public void Users_and_groups_stay_as_the_host_has_them() => Assert.Equal(
        "# /etc/nsswitch.conf\npasswd: files sss\n\n#hosts: old\nnetgroup: nis\nhosts:          files dns\n",
        NameFiles.NsswitchConf("# /etc/nsswitch.conf\npasswd: files sss\n\n#hosts: old\nhosts: resolve\nnetgroup: nis\n\n"));
}
