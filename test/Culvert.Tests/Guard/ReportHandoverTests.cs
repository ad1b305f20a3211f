using Culvert.Guard;
using Culvert.Stack;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Guard;

public sealed class ReportHandoverTests : IDisposable
{
    private static readonly NamespaceReport Report = new(Plans.Typical.Uplink, null, [], "sum", DateTimeOffset.UnixEpoch);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_report_is_seen_only_after_it_was_published()
    {
        var run = new RunDirectory(folder.Path);
        new ReportHandover(run).LayReady(Report);
        Assert.False(File.Exists(run.NamespaceReport));
        new ReportHandover(run).Publish();
        Assert.Equal("sum", ReportFile.ReadNamespace(run.NamespaceReport)?.RulesetSha256);
    }

    [Fact]
    public void What_an_earlier_hold_published_is_withdrawn_and_remembered_however_often_hold_fails()
    {
        var run = new RunDirectory(folder.Path);
        ReportFile.Write(run.NamespaceReport, Report);
        Assert.Equal("172.30.97.2", new ReportHandover(run).Withdraw()?.Uplink.Gateway);
        Assert.False(File.Exists(run.NamespaceReport));
        Assert.Equal("172.30.97.2", new ReportHandover(run).Withdraw()?.Uplink.Gateway);
    }

    [Fact]
    public void What_was_withdrawn_is_put_back_where_it_still_holds()
    {
        var run = new RunDirectory(folder.Path);
        ReportFile.Write(run.NamespaceReport, Report);
        new ReportHandover(run).Withdraw();
        Assert.Null(new ReportHandover(run).Published());
        new ReportHandover(run).PutBack();
        Assert.Equal("sum", new ReportHandover(run).Published()?.RulesetSha256);
    }

    [Fact]
    public void The_first_hold_finds_nothing() => Assert.Null(new ReportHandover(new RunDirectory(folder.Path)).Withdraw());
}
