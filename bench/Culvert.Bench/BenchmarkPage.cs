namespace Culvert.Bench;

/// <summary>docs/benchmarks.md: the part between two marks is replaced by the table; what people wrote around it stays.</summary>
internal static class BenchmarkPage
{
    private const string Begin = "<!-- measured -->";
    private const string End = "<!-- end of measured -->";

    public static void Write(string path, string table, int rounds)
    {
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (end < begin)
        {
            throw new InvalidOperationException($"{path} has no place for the table: put {Begin} and {End} there");
        }

        var measured = $"\n\n{DateTime.UtcNow:yyyy-MM-dd}, {Report.Machine()}. Medians of {rounds} alternating runs; in brackets, how many times ours.\n\n{table}\n";
        File.WriteAllText(path, page[..begin] + measured + page[end..]);
    }
}
