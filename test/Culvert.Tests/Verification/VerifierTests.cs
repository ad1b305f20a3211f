using System.Net;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification;
using Culvert.Verification.Probes;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Verification;

public sealed class VerifierTests
{
    private static readonly VerifyTarget Target = new(
        StackLoader.Parse("culvert.yaml", "").Stack!,
        new NamespaceReport(new InterfaceReport("uplink0", "172.30.97.100", 24, null), null, [], "", default),
        Guard: null,
        ProbeSecrets.None)
    {
        Dev = Standpoint.Host,
        App = null,
        TunnelReport = "/nowhere/state.json",
        HostBefore = "/nowhere/host-before.json",
        Logs = LogSources.Of("/nowhere"),
    };

    private readonly List<string> done = [];

    [Fact]
    public async Task Reports_in_the_order_of_the_checks_whatever_runs_first()
    {
        var report = await RunAsync(new FakeCheck("a", NeedsQuiet: false), new FakeCheck("b", NeedsQuiet: true), new FakeCheck("c", NeedsQuiet: false));
        Assert.Equal(["a", "b", "c"], report.Evidence.Select(evidence => evidence.Check));
        Assert.Equal("b", done[0]);
        Assert.True(report.Holds);
    }

    [Fact]
    public async Task A_check_that_breaks_is_unproven_and_the_others_stand()
    {
        var report = await RunAsync(new FakeCheck("a", Failure: new InvalidOperationException("because")), new FakeCheck("b"));
        Assert.Equal([Verdict.Inconclusive, Verdict.Holds], report.Evidence.Select(evidence => evidence.Verdict));
        Assert.Equal("the check could not be made: because", report.Evidence[0].Observed);
        Assert.False(report.Holds);
    }

    [Fact]
    public async Task A_deadline_inside_a_check_does_not_end_the_run()
    {
        var report = await RunAsync(new FakeCheck("a", Failure: new TaskCanceledException("a deadline of its own")), new FakeCheck("b"));
        Assert.Equal([Verdict.Inconclusive, Verdict.Holds], report.Evidence.Select(evidence => evidence.Verdict));
    }

    [Fact]
    public async Task A_run_that_is_stopped_gives_no_report()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Verifier(Target, "culvert", new FakeTimeProvider())
            .RunAsync([new FakeCheck("a")], _ => { }, stopped.Token));
    }

    [Fact]
    public void Where_the_namespace_reports_no_gateway_it_is_the_first_address_of_the_uplink() =>
        Assert.Equal(IPAddress.Parse("172.30.97.1"), (Target with { Stack = Target.Stack with { Network = new NetworkSettings(IPNetwork.Parse("172.30.97.0/24"), IPNetwork.Parse("172.30.98.0/24")) } }).UplinkGateway);

    [Fact]
    public void Where_no_application_runs_the_proxies_are_used_from_dev()
    {
        Assert.Equal((Target.Dev, "socks5h://127.0.0.1:1080/"), (Target.Client.At, $"{Target.Client.Socks}"));
        var app = new ProxyClient("app", Standpoint.Namespace("app"), "172.30.98.2");
        Assert.Equal((app.At, "http://172.30.98.2:1090/"), ((Target with { App = app }).Client.At, $"{app.Http}"));
    }

    private Task<VerifyReport> RunAsync(params ICheck[] checks) => new Verifier(Target, "culvert", new FakeTimeProvider())
        .RunAsync(checks, evidence => done.Add(evidence.Check), TestContext.Current.CancellationToken);

    private sealed record FakeCheck(string Id, bool NeedsQuiet = false, Exception? Failure = null) : ICheck
    {
        public string Title => $"promise {Id}";

        public Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Failure is null ? Task.FromResult(new Judgement(Verdict.Holds, "", "", [])) : Task.FromException<Judgement>(Failure);
        }
    }
}
