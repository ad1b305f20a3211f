using System.Text.RegularExpressions;

namespace Culvert.Linux;

/// <summary>What differs between two snapshots of one machine, one line a difference; what a container engine made for itself is counted apart.</summary>
internal sealed partial record HostSnapshotComparison(IReadOnlyList<string> Differences, int EngineOwn)
{
    public static HostSnapshotComparison Between(HostSnapshot before, HostSnapshot now)
    {
        var differences = new List<string>();
        var engineOwn = 0;
        foreach (var part in before.Parts.Keys.Union(now.Parts.Keys))
        {
            var old = before.Parts.GetValueOrDefault(part) ?? [];
            var current = now.Parts.GetValueOrDefault(part) ?? [];
            var gone = Without(old, current).Select(line => $"{part}: gone: {line}");
            var added = Without(current, old).Select(line => $"{part}: added: {line}");
            var found = gone.Concat(added).ToList();
            var ours = found.Where(line => !EngineObject().IsMatch(line)).ToList();
            engineOwn += found.Count - ours.Count;
            differences.AddRange(ours);
            if (ours.Count == 0 && OrderMatters(part) && !WithoutEngine(old).SequenceEqual(WithoutEngine(current)))
            {
                differences.Add($"{part}: the same lines in another order");
            }
        }

        return new HostSnapshotComparison(differences, engineOwn);
    }

    // The kernel prints rules of one chain in their order; routes and links come in the order of their making.
    private static bool OrderMatters(string part) => part is "nftables";

    private static IEnumerable<string> WithoutEngine(IEnumerable<string> lines) => lines.Where(line => !EngineObject().IsMatch(line));

    private static List<string> Without(IReadOnlyList<string> lines, IReadOnlyList<string> others)
    {
        var left = lines.ToList();
        foreach (var other in others)
        {
            left.Remove(other);
        }

        return left;
    }

    // Docker's names: docker0, br- and 12 digits, veth and 7 digits, DOCKER chains.
    [GeneratedRegex(@"(?<![\w-])(docker0|docker_gwbridge|br-[0-9a-f]{12}|veth[0-9a-f]{7}|DOCKER(-[A-Z0-9-]+)?)(?![\w-])")]
    private static partial Regex EngineObject();
}
