using Culvert.Verification.Probes;

namespace Culvert.Verification;

/// <summary>Judges a leak trial by its capture: nothing forbidden may have left, and the same tries must have been seen in the twin.</summary>
internal static class LeakJudge
{
    public static Control ControlOf(IReadOnlyList<LeakProbe> probes, LeakTrial twin)
    {
        var missed = probes.Where(probe => !probe.IsSeenIn(twin.Capture)).Select(probe => probe.Title).ToList();
        return missed.Count == 0 && probes.Count > 0
            ? new Control(true, $"in a twin without the guard the same {probes.Count} tries were all seen leaving")
            : new Control(false, $"in a twin without the guard the detector did not see: {(missed.Count > 0 ? string.Join(", ", missed) : "anything, because nothing was tried")}");
    }

    public static Judgement Judge(
        string expected,
        IReadOnlyList<LeakProbe> probes,
        LeakTrial guarded,
        LeakTrial twin,
        Func<CapturedFlow, bool> forbidden,
        IReadOnlyList<string> alsoBroken)
    {
        var leaked = guarded.Capture.Flows.Where(forbidden).Select(flow => $"left by {guarded.Capture.Interface}: {flow.Describe()}");
        var allowed = guarded.Capture.Flows.Where(flow => !forbidden(flow)).Sum(flow => flow.Frames);
        return Judgement.Of(
            expected,
            $"{probes.Count} tries, nothing of them left; {allowed} permitted frames seen beside them",
            [.. leaked, .. alsoBroken],
            guarded.Capture.Doubt is { } doubt ? [doubt] : [],
            ControlOf(probes, twin));
    }
}
