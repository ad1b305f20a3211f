using Culvert.Linux;

namespace Culvert.Verification.Checks;

/// <summary>Routes, rules, nftables, links and parameters of the host are what they were before <c>up</c>.</summary>
internal sealed class HostUnchangedCheck : ICheck
{
    public string Id => "host-unchanged";

    public string Title => "The host's network is as it was";

    public bool NeedsQuiet => true;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var path = examination.Target.HostBefore;
        examination.Used($"comparing {path} with now: routes, rules, links, sysctls, nftables (without counters, lifetimes and contents of sets)");
        if (HostSnapshot.Read(path) is not { } before)
        {
            return new Judgement(
                Verdict.Inconclusive, Expected, $"there is no snapshot from before in {path}; take the stack down and up again", []);
        }

        var now = await HostSnapshot.CaptureAsync(cancellationToken);
        return Judge(before, HostSnapshotComparison.Between(before, now), await ControlAsync(examination, cancellationToken));
    }

    private const string Expected = "routes, rules, nftables, links and sysctls as before `up`, a container engine's own objects aside";

    internal static Judgement Judge(HostSnapshot before, HostSnapshotComparison comparison, Control control) => Judgement.Of(
        Expected,
        $"{before.Parts.Values.Sum(lines => lines.Count)} lines the same as at {before.TakenAt:u}{(comparison.EngineOwn > 0 ? $"; {comparison.EngineOwn} changed lines are Docker's own" : "")}",
        comparison.Differences,
        [],
        control);

    /// <summary>The same capture and comparison must notice a route, a rule and a table that are added to a throw-away namespace.</summary>
    private static async Task<Control> ControlAsync(Examination examination, CancellationToken cancellationToken)
    {
        examination.Used("the same capture before and after a route, a rule and a table are added to a throw-away namespace");
        await using var place = await ThrowawayNamespace.CreateAsync("a stand-in for the host", cancellationToken);
        var before = await HostSnapshot.CaptureAsync(place.Standpoint, cancellationToken);
        await place.Standpoint.RequireAsync("ip", ["route", "add", "unreachable", "192.0.2.1"], cancellationToken);
        await place.Standpoint.RequireAsync("ip", ["rule", "add", "from", "192.0.2.1", "lookup", "100"], cancellationToken);
        await place.Standpoint.RequireAsync("nft", ["add", "table", "inet", "control"], cancellationToken);
        var after = await HostSnapshot.CaptureAsync(place.Standpoint, cancellationToken);
        var differences = HostSnapshotComparison.Between(before, after).Differences;
        string[] changed = ["routes IPv4", "rules IPv4", "nftables"];
        var missed = changed.Where(part => !differences.Any(line => line.StartsWith(part, StringComparison.Ordinal))).ToList();
        return missed.Count == 0
            ? new Control(true, "a route, a rule and a table added to a throw-away namespace were all noticed")
            : new Control(false, $"changes made on purpose in a throw-away namespace were not noticed: {string.Join(", ", missed)}");
    }
}
