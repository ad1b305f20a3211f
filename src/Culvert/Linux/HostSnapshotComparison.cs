namespace Culvert.Linux;

/// <summary>What differs between two snapshots of one machine, one line a difference; what a container engine made for itself is counted apart.</summary>
internal sealed record HostSnapshotComparison(IReadOnlyList<string> Differences, int EngineOwn)
{
    public static HostSnapshotComparison Between(HostSnapshot before, HostSnapshot now)
    {
        var differences = new List<string>();
        var engineOwn = 0;
        var engine = new EngineTraces(before, now);
        foreach (var part in before.Parts.Keys.Union(now.Parts.Keys))
        {
            var old = before.Parts.GetValueOrDefault(part) ?? [];
            var current = now.Parts.GetValueOrDefault(part) ?? [];
            var (gone, added) = (Without(old, current), Without(current, old));
            List<string> ours =
            [
                .. gone.Where(line => !engine.IsOwn(line)).Select(line => $"{part}: gone: {line}"),
                .. added.Where(line => !engine.IsOwn(line)).Select(line => $"{part}: added: {line}"),
            ];
            engineOwn += gone.Count + added.Count - ours.Count;
            differences.AddRange(ours);
            IEnumerable<string> WithoutEngine(IEnumerable<string> lines) => lines.Where(line => !engine.IsOwn(line));
            if (ours.Count == 0 && OrderMatters(part) && !WithoutEngine(old).SequenceEqual(WithoutEngine(current)))
            {
                differences.Add($"{part}: the same lines in another order");
            }
        }

        return new HostSnapshotComparison(differences, engineOwn);
    }

    // The kernel prints rules of one chain in their order; routes and links come in the order of their making.
    private static bool OrderMatters(string part) => part is "nftables";

    private static List<string> Without(IReadOnlyList<string> lines, IReadOnlyList<string> others)
    {
        var left = lines.ToList();
        foreach (var other in others)
        {
            left.Remove(other);
        }

        return left;
    }
}
