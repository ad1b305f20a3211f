using Culvert.Stack;

namespace Culvert.Runtimes;

/// <summary>What the proxy counted, for people: the lines with most calls.</summary>
internal static class CallsTable
{
    public static readonly IReadOnlyList<string> Header = ["application", "provider", "outcome", "calls", "up", "down"];

    private const int Longest = 12;
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    public static IReadOnlyList<IReadOnlyList<string>> Rows(CallsReport calls) =>
    [
        .. calls.Lines.OrderByDescending(line => line.Calls).Take(Longest).Select(line => (IReadOnlyList<string>)
            [line.Application == "127.0.0.1" ? "dev" : line.Application, line.Provider, line.Outcome, $"{line.Calls}", Size(line.BytesUp), Size(line.BytesDown)]),
    ];

    /// <summary>What the table leaves out, or null.</summary>
    public static string? Rest(CallsReport calls) =>
        calls.Lines.Count > Longest ? $"and {calls.Lines.Count - Longest} more lines; `culvert status --json` has all" : null;

    public static string Size(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1000 && unit < Units.Length - 1; unit++)
        {
            value /= 1000;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }
}
