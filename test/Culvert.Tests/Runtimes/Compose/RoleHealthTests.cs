using Culvert.Linux;
using Culvert.Runtimes.Compose;
using Culvert.Stack;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Compose;

public sealed class RoleHealthTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private RunDirectory Run => new(folder.Path);

    [Fact]
    public async Task Without_a_report_the_guard_does_not_stand_yet() =>
        Assert.Equal("the guard does not stand yet; see `docker logs vpn`", await ProblemAsync(Role.Hold));

    [Fact]
    public async Task Hold_is_healthy_where_its_report_names_this_namespace()
    {
        Report(NetworkNamespace.OwnId());
        Assert.Null(await ProblemAsync(Role.Hold));
    }

    [Fact]
    public async Task Whoever_is_in_another_namespace_than_the_reports_is_told_what_to_do()
    {
        Report("net:[1]");
        var problem = await ProblemAsync(Role.Proxy);
        Assert.Equal("this container is attached to a namespace whose owner is gone, closed and without a network; `culvert up` attaches it to the new one", problem);
    }

    [Theory]
    [InlineData("Connected", null, null)]
    [InlineData("Reconnecting", "the server is silent", "the tunnel is reconnecting: the server is silent")]
    public async Task The_tunnel_is_healthy_when_it_is_connected(string state, string? reason, string? expected)
    {
        Report(NetworkNamespace.OwnId());
        Assert.Equal("the tunnel role has reported nothing yet", await ProblemAsync(Role.Tunnel));
        Directory.CreateDirectory(Run.Of(Role.Tunnel));
        ReportFile.Write(Run.TunnelReport, new TunnelReport(Enum.Parse<TunnelState>(state), DateTimeOffset.UnixEpoch, "openvpn", "exit1", null, null, 1, reason));
        Assert.Equal(expected, await ProblemAsync(Role.Tunnel));
    }

    [Fact]
    public async Task A_report_that_cannot_be_read_is_a_sentence()
    {
        folder.Write("namespace.json", "{");
        Assert.Contains("`culvert restart` begins anew", await ProblemAsync(Role.Hold), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private Task<string?> ProblemAsync(Role role) => new RoleHealth(Run).ProblemAsync(role, CancellationToken.None);

    private void Report(string network) => ReportFile.Write(
        Run.NamespaceReport,
        new NamespaceReport(new InterfaceReport("eth0", "172.30.97.2", 24, "172.30.97.1"), null, [], "", DateTimeOffset.UnixEpoch) { Network = network });
}
