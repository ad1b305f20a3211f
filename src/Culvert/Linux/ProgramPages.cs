using System.Globalization;
using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>The pages of this program's file – code and constants – which the kernel maps in as they are touched.</summary>
internal static partial class ProgramPages
{
    private const int NotNeeded = 4;

    /// <summary>
    /// Unmaps them (madvise(2), MADV_DONTNEED); what is still used comes back from the page cache at once. After a start most
    /// are of what only the start needed. Only mappings that nobody has written to are touched, so nothing can be lost.
    /// </summary>
    public static void LetGo()
    {
        (nint Start, nint End)? ours = null;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Contains('-', StringComparison.Ordinal) && char.IsAsciiHexDigitLower(line[0]))
            {
                // 55d0c0a16000-55d0c1174000 r-xp 00016000 fe:00 1165 /path, then lines of "Name: value kB"
                ours = Environment.ProcessPath is { } program && line.EndsWith(program, StringComparison.Ordinal) ? ReadRange(line) : null;
            }
            else if (ours is { } range && line.StartsWith("Anonymous:", StringComparison.Ordinal) && line.EndsWith(" 0 kB", StringComparison.Ordinal))
            {
                _ = Advise(range.Start, range.End - range.Start, NotNeeded);
            }
        }
    }

    private static (nint Start, nint End) ReadRange(string line)
    {
        var ends = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
        return (nint.Parse(ends[0], NumberStyles.HexNumber), nint.Parse(ends[1], NumberStyles.HexNumber));
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);
}
