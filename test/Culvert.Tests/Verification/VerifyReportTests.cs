using System.Text.Json;
using CsCheck;
using Culvert.Verification;
using static Culvert.Tests.Verification.Observations;

namespace Culvert.Tests.Verification;

/// <summary><see cref="VerifyReport.Holds"/> is the exit code of <c>culvert verify</c>: 0 or 1.</summary>
public sealed class VerifyReportTests
{
    [Fact]
    public void Holds_when_something_holds_and_nothing_is_broken_or_unproven() => Gen.Enum<Verdict>().Array[0, 6].Sample(verdicts =>
        Report([.. verdicts.Select(verdict => Evidence(verdict))]).Holds
        == (verdicts.Contains(Verdict.Holds) && !verdicts.Contains(Verdict.Broken) && !verdicts.Contains(Verdict.Inconclusive)));

    [Fact]
    public void A_run_without_a_check_or_with_skipped_ones_only_proves_nothing()
    {
        Assert.False(Report().Holds);
        Assert.False(Report(Evidence(Verdict.Skipped)).Holds);
    }

    [Fact]
    public void As_JSON_it_says_whether_it_holds_and_everything_that_is_known()
    {
        var control = new Control(false, "not seen");
        using var json = JsonDocument.Parse(Report(
            Evidence(Verdict.Inconclusive, "only-carrier") with { Control = control, Details = ["a detail"] }, Evidence(Verdict.Holds)).ToJson());
        var root = json.RootElement;
        Assert.Equal(("work", "1970-01-01T00:00:00+00:00", false), (root.GetProperty("stack").GetString(), root.GetProperty("at").GetString(), root.GetProperty("holds").GetBoolean()));
        var first = root.GetProperty("evidence")[0];
        Assert.Equal("only-carrier", first.GetProperty("check").GetString());
        Assert.Equal("Inconclusive", first.GetProperty("verdict").GetString());
        Assert.Equal("a detail", first.GetProperty("details")[0].GetString());
        Assert.Equal("ip addr", first.GetProperty("how")[0].GetString());
        Assert.False(first.GetProperty("control").GetProperty("proven").GetBoolean());
        Assert.Equal("00:00:01.2400000", first.GetProperty("duration").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("evidence")[1].GetProperty("control").ValueKind);
    }

    [Fact]
    public void Every_check_of_the_catalogue_has_a_name_of_its_own_and_a_promise()
    {
        Assert.Equal(12, CheckCatalogue.All.Select(check => check.Id).Distinct().Count());
        Assert.All(CheckCatalogue.All, check =>
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", check.Id);
            Assert.NotEmpty(check.Title);
        });
    }
}
