namespace Culvert.Bench;

/// <summary>One run's figures: row, metric, target, round.</summary>
internal sealed record Sample(string Row, string Metric, string Target, int Round, double Value);

/// <summary>
/// Every row for every target, round after round: whatever else the machine does meets them all alike. A peer that fails
/// a row is left out of it and named.
/// </summary>
internal sealed class Campaign(IReadOnlyList<Target> targets, IReadOnlyList<Row> rows, int rounds)
{
    private readonly List<Sample> _samples = [];
    private readonly HashSet<(string Row, string Target)> _failed = [];

    public IReadOnlyList<Sample> Samples => _samples;

    public IReadOnlyCollection<(string Row, string Target)> Failed => _failed;

    public void Run()
    {
        foreach (var row in rows)
        {
            var measured = targets.Where(target => target.PathBy(row.Protocol) is not null && !(row.OnlyProxies && target.IsDirect)).ToList();
            for (var round = 1; round <= rounds; round++)
            {
                // Each round begins with another target.
                foreach (var target in measured.Skip(round % measured.Count).Concat(measured.Take(round % measured.Count)))
                {
                    MeasureOnce(row, target, round);
                }
            }

            Console.Error.WriteLine($"bench: {row.Name}: done");
        }
    }

    private void MeasureOnce(Row row, Target target, int round)
    {
        if (_failed.Contains((row.Name, target.Name)))
        {
            return;
        }

        try
        {
            // Start measures the start of its own process.
            using var service = row.Name == "start" ? null : new Service(target);
            if (service is not null && !row.NeedsFresh && !target.IsDirect)
            {
                WarmUp(target, row.Protocol);
            }

            foreach (var (metric, value) in row.Measure(target, target.PathBy(row.Protocol)!, service!).Values)
            {
                _samples.Add(new Sample(row.Name, metric, target.Name, round, value));
            }
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException)
        {
            _failed.Add((row.Name, target.Name));
            Console.Error.WriteLine($"bench: {row.Name}: {target.Name} failed: {e.Message}");
        }
    }

    private static void WarmUp(Target target, Protocol protocol)
    {
        using var load = new Load(["setups", .. target.PathBy(protocol)!, "8", "0.05"]);
        load.WaitUntilReady();
        load.ReadResult();
    }
}
