using Culvert.Verification;
using Culvert.Verification.Checks;
using Culvert.Verification.Probes;

namespace Culvert.Tests.Verification.Checks;

public sealed class ApplicationsCheckTests
{
    private static readonly InterfaceProof[] Seen = [new("lo", 4, 4), new("eth0", 4, 4)];

    [Fact]
    public void Holds_when_nothing_was_seen_and_every_deliberate_call_was()
    {
        var judgement = Judge(Report(Seen));
        Assert.Equal(Verdict.Holds, judgement.Verdict);
        Assert.Equal(new Control(true, "8 deliberate calls (TLS and DNS) by every interface of every application were seen"), judgement.Control);
        Assert.Equal("app1: none in 5.0 s; a call at another time is not seen", judgement.Observed);
    }

    [Theory]
    [InlineData(CallKind.Tls, "app1: TLS to api.openai.com by eth0, 198.51.100.10:443, 2 packets")]
    [InlineData(CallKind.Dns, "app1: a DNS question for api.openai.com by eth0, 198.51.100.10:443, 2 packets")]
    internal void Breaks_on_a_name_and_says_which_application_which_provider_by_which_interface(CallKind kind, string sentence)
    {
        var judgement = Judge(Report(Seen, kind));
        Assert.Equal((Verdict.Broken, sentence), (judgement.Verdict, judgement.Observed));
    }

    [Fact]
    public void An_address_without_a_name_is_no_proof_and_no_pass() => Assert.Equal(Verdict.Inconclusive, Judge(Report(Seen, CallKind.Address)).Verdict);

    [Fact]
    public void A_detector_that_was_blind_proves_nothing()
    {
        Assert.Equal(Verdict.Inconclusive, Judge(Report([new("eth0", 4, 3)])).Verdict);
        Assert.Equal(Verdict.Inconclusive, Judge(Report([])).Verdict);
        Assert.Equal(Verdict.Inconclusive, Judge(Report(Seen) with { Dropped = 1 }).Verdict);
        Assert.Equal(Verdict.Inconclusive, Judge(Report(Seen) with { NotRead = 1 }).Verdict);
    }

    [Fact]
    public void One_application_among_others_breaks_it() => Assert.Equal(
        Verdict.Broken,
        ApplicationsCheck.Judge([new("app1", Report(Seen)), new("app2", Report(Seen, CallKind.Tls)), new("app3", Report([]))]).Verdict);

    private static Judgement Judge(CallReport report) => ApplicationsCheck.Judge([new WatchedApplication("app1", report)]);

    private static CallReport Report(IReadOnlyList<InterfaceProof> proofs, params CallKind[] calls) =>
        new(5, 100, 0, 0, proofs, [.. calls.Select(kind => new SightedCall("eth0", kind, "api.openai.com", "198.51.100.10:443", 2))]);
}
