namespace Culvert.Verification;

/// <summary>The positive control of a check: what was done on purpose, and whether the detector saw it.</summary>
internal sealed record Control(bool Proven, string Observed);

/// <summary>What a check concludes from what it saw. <see cref="Details"/> are lines for whoever mends it.</summary>
internal sealed record Judgement(
    Verdict Verdict,
    string Expected,
    string Observed,
    IReadOnlyList<string> Details,
    Control? Control = null)
{
    /// <summary>A broken promise stays broken however poor the detector; a kept one needs a detector that was proven.</summary>
    public static Judgement Of(
        string expected, string observed, IReadOnlyList<string> broken, IReadOnlyList<string> doubts, Control? control)
    {
        if (broken.Count > 0)
        {
            return new Judgement(Verdict.Broken, expected, broken[0], [.. broken.Skip(1), .. doubts], control);
        }

        var unproven = control is { Proven: false } ? [$"the positive control failed: {control.Observed}", .. doubts] : doubts;
        return unproven.Count > 0
            ? new Judgement(Verdict.Inconclusive, expected, unproven[0], [.. unproven.Skip(1)], control)
            : new Judgement(Verdict.Holds, expected, observed, [], control);
    }
}
