using System.Globalization;

namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>A row of <c>list-locations</c>. A virtual one is not where it says. <see cref="Ping"/> is null where none was measured.</summary>
internal sealed record AdGuardLocation(string Iso, string Country, string City, bool IsVirtual, TimeSpan? Ping)
{
    private const string Virtual = "(Virtual)";
    private static readonly string[] Header = ["ISO", "COUNTRY", "CITY", "PING"];

    /// <summary>Whether <c>connect -l</c> would take it for this row.</summary>
    public bool IsNamed(string name) => new[] { City, Country, Iso }.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The rows under the header, which says where the columns begin, up to the blank line: hints and notices follow. A line
    /// that is no row is left out. Virtual ones come last, otherwise the order is the client's own.
    /// </summary>
    public static IReadOnlyList<AdGuardLocation> Parse(IReadOnlyList<string> lines)
    {
        var header = lines.ToList().FindIndex(line => line.StartsWith("ISO", StringComparison.Ordinal) && line.Contains("CITY", StringComparison.Ordinal));
        if (header < 0)
        {
            return [];
        }

        int[] columns = [.. Header.Select(name => lines[header].IndexOf(name, StringComparison.Ordinal))];
        return columns.Any(column => column < 0)
            ? []
            :
            [
                .. lines.Skip(header + 1)
                    .TakeWhile(line => line.Trim().Length > 0)
                    .Select(line => Row(line, columns))
                    .OfType<AdGuardLocation>()
                    .OrderBy(location => location.IsVirtual),
            ];
    }

    private static AdGuardLocation? Row(string line, int[] columns)
    {
        string Cell(int column)
        {
            var start = Math.Min(columns[column], line.Length);
            var end = column + 1 < columns.Length ? Math.Min(columns[column + 1], line.Length) : line.Length;
            return line[start..Math.Max(start, end)].Trim();
        }

        // A long name runs into the next column, so the mark counts wherever it stands in the row.
        var mark = line.IndexOf(Virtual, StringComparison.OrdinalIgnoreCase);
        var (iso, country, city) = (Cell(0), Cell(1), mark > columns[2] ? line[columns[2]..mark].Trim().Split("  ")[0] : Cell(2));
        if (iso.Length != 2 || !iso.All(char.IsAsciiLetterUpper) || city.Length == 0)
        {
            return null;
        }

        var ping = int.TryParse(Cell(3), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null;
        return new AdGuardLocation(iso, country, city, IsVirtual: mark >= 0, ping);
    }
}
