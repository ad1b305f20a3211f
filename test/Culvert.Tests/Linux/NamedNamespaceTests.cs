using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class NamedNamespaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_parameter_is_set_inside_and_nowhere_else()
    {
        Requires.Root("ip");
        var name = $"culvert-test-{Environment.ProcessId}";
        var outside = Sysctl.Read("net/ipv4/ip_unprivileged_port_start");
        Assert.False(NamedNamespace.Exists(name));
        await Subprocess.RequireAsync("ip", ["netns", "add", name], Token);
        try
        {
            Assert.True(NamedNamespace.Exists(name));
            NamedNamespace.WriteSysctl(name, "net.ipv4.ip_unprivileged_port_start", "53");
            Assert.Equal("53", (await Standpoint.Namespace(name).RequireAsync("cat", ["/proc/sys/net/ipv4/ip_unprivileged_port_start"], Token)).Trim());
            Assert.Equal(outside, Sysctl.Read("net/ipv4/ip_unprivileged_port_start"));
            Assert.Contains($"setting net.ipv4.nothing=1 in namespace {name}", Assert.Throws<IOException>(() => NamedNamespace.WriteSysctl(name, "net.ipv4.nothing", "1")).Message);
        }
        finally
        {
            await Subprocess.RequireAsync("ip", ["netns", "delete", name], CancellationToken.None);
        }

        Assert.Throws<IOException>(() => NamedNamespace.WriteSysctl(name, "net.ipv4.ip_unprivileged_port_start", "53"));
    }
}
