using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class HostDaemonsTests
{
    [Theory]
    [InlineData("nscd")]
    [InlineData("dbus")]
    [InlineData("docker.sock")]
    [InlineData("containerd")]
    [InlineData("systemd/private")]
    [InlineData("systemd/resolve")]
    [InlineData("systemd/resolve/io.systemd.Resolve")]
    [InlineData("systemd/of-a-later-systemd")]
    public void What_leads_out_is_hidden(string entry) => Assert.Equal(RunEntry.Hidden, HostDaemons.Of(entry));

    [Theory]
    [InlineData("culvert")]
    [InlineData("user")]
    [InlineData("lock")]
    [InlineData("nscd.pid")]
    [InlineData("postgresql")]
    [InlineData("systemd/journal")]
    [InlineData("systemd/userdb")]
    public void What_does_not_is_shown(string entry) => Assert.Equal(RunEntry.Shown, HostDaemons.Of(entry));

    [Fact]
    public void Of_systemd_some_is_shown() => Assert.Equal(RunEntry.ShownInPart, HostDaemons.Of("systemd"));
}
