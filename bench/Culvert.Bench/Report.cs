using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Bench;

/// <summary>Medians of the samples as a table, each with its ratio to ours.</summary>
internal sealed class Report(Campaign campaign, IReadOnlyList<Target> targets, int rounds)
{
    private const string Ours = "culvert";

    public string Table()
    {
        var table = new StringBuilder();
        table.Append("| what | ").AppendJoin(" | ", targets.Select(target => target.Name)).Append(" |\n");
        table.Append("|---|").Append(string.Concat(Enumerable.Repeat("---|", targets.Count))).Append('\n');
        foreach (var metric in campaign.Samples.GroupBy(sample => (sample.Row, sample.Metric)))
        {
            var medians = metric.GroupBy(sample => sample.Target).ToDictionary(group => group.Key, group => Median(group.Select(sample => sample.Value)));
            table.Append($"| {metric.Key.Row}: {metric.Key.Metric} | ").AppendJoin(" | ", targets.Select(target => Cell(medians, target.Name))).Append(" |\n");
        }

        foreach (var (row, target) in campaign.Failed)
        {
            table.Append($"\n{target} did not get through \"{row}\".\n");
        }

        return table.ToString();
    }

    public void WriteRaw(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{DateTime.UtcNow:yyyy-MM-ddTHH-mm-ss}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new { Machine = Machine(), Rounds = rounds, campaign.Samples }));
        Console.Error.WriteLine($"bench: raw results in {path}");
    }

    /// <summary>Cores, model, kernel.</summary>
    public static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1];
        return $"{Environment.ProcessorCount} cores of {model}, Linux {Environment.OSVersion.Version}";
    }

    // "12.3 (×1.50)": this target's median, and how many times ours it is.
    private static string Cell(Dictionary<string, double> medians, string target)
    {
        if (!medians.TryGetValue(target, out var median))
        {
            return "–";
        }

        var ratio = target != Ours && medians.TryGetValue(Ours, out var ours) && ours > 0 ? $" (×{(median / ours).ToString("0.00", CultureInfo.InvariantCulture)})" : "";
        return median.ToString(median >= 100 ? "0" : median >= 10 ? "0.0" : "0.000", CultureInfo.InvariantCulture) + ratio;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
