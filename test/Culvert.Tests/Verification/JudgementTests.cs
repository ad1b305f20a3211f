using CsCheck;
using Culvert.Verification;

namespace Culvert.Tests.Verification;

public sealed class JudgementTests
{
    private static readonly Gen<Control?> AnyControl = Gen.OneOf<Control?>(null, new Control(true, "seen"), new Control(false, "not seen"));

    [Theory]
    [InlineData(0, 0, null, "Holds")]
    [InlineData(0, 0, true, "Holds")]
    [InlineData(0, 0, false, "Inconclusive")]
    [InlineData(0, 1, true, "Inconclusive")]
    [InlineData(0, 1, null, "Inconclusive")]
    [InlineData(1, 0, true, "Broken")]
    [InlineData(1, 1, false, "Broken")]
    public void Follows_from_what_is_broken_what_is_doubtful_and_the_control(int broken, int doubts, bool? proven, string verdict) =>
        Assert.Equal(verdict, Of(broken, doubts, proven is { } known ? new Control(known, "") : null).Verdict.ToString());

    [Fact]
    public void Holds_only_without_any_break_any_doubt_and_with_a_control_that_is_not_refuted() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], AnyControl).Sample((broken, doubts, control) =>
            Of(broken, doubts, control).Verdict == Verdict.Holds == (broken == 0 && doubts == 0 && control is not { Proven: false }));

    [Fact]
    public void Nothing_that_speaks_against_it_is_lost() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], AnyControl).Sample((broken, doubts, control) =>
        {
            var judgement = Of(broken, doubts, control);
            var told = string.Join('\n', judgement.Details.Prepend(judgement.Observed));
            return Enumerable.Range(0, broken).All(i => told.Contains($"broken {i}", StringComparison.Ordinal))
                && Enumerable.Range(0, doubts).All(i => told.Contains($"doubt {i}", StringComparison.Ordinal))
                && judgement.Control == control;
        });

    [Fact]
    public void A_failed_control_says_what_was_not_seen() =>
        Assert.Equal("the positive control failed: the detector slept", Of(0, 0, new Control(false, "the detector slept")).Observed);

    private static Judgement Of(int broken, int doubts, Control? control) => Judgement.Of(
        "expected",
        "observed",
        [.. Enumerable.Range(0, broken).Select(i => $"broken {i}")],
        [.. Enumerable.Range(0, doubts).Select(i => $"doubt {i}")],
        control);
}
