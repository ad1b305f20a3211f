using System.Diagnostics;
using System.Globalization;

namespace Culvert.Tunnel.Drivers;

/// <summary>
/// Which process is the client, on disk: a role that was killed leaves it to the next one. The start time makes sure that a
/// reused process id is not mistaken for it.
/// </summary>
internal sealed record ClientRecord(int ProcessId, ulong StartTime)
{
    /// <summary>Null, or why it could not be written: a client that is not on record is worth more than none.</summary>
    public static string? Write(string path, int processId)
    {
        try
        {
            if (StartTimeOf(processId) is { } start)
            {
                File.WriteAllText(path, $"{processId} {start}\n");
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"writing down the client's process in {path}: {e.Message}; a role that is killed now leaves it running";
        }
    }

    public static ClientRecord? Read(string path) =>
        File.Exists(path)
        && File.ReadAllText(path).Split(' ') is [var id, var start]
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
        && ulong.TryParse(start.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var startTime)
            ? new ClientRecord(processId, startTime)
            : null;

    /// <summary>Kills the recorded process if it still is the one recorded. True when there was one.</summary>
    public async Task<bool> KillAsync(CancellationToken cancellationToken)
    {
        if (StartTimeOf(ProcessId) != StartTime)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(ProcessId);
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
            return true;
        }
        catch (ArgumentException)
        {
            // It ended between the two looks.
            return false;
        }
    }

    /// <summary>Field 22 of <c>/proc/PID/stat</c>, in clock ticks since boot; null when there is no such process.</summary>
    internal static ulong? StartTimeOf(int processId)
    {
        try
        {
            return ParseStartTime(File.ReadAllText($"/proc/{processId}/stat"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null;
        }
    }

    // The name, field 2, may hold blanks and brackets; the last closing bracket ends it.
    internal static ulong? ParseStartTime(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && ulong.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : null;
    }
}
