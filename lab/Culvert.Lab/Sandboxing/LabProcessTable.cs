using System.Globalization;
using System.Runtime.InteropServices;

namespace Culvert.Lab.Sandboxing;

/// <summary>A process inside the lab, by its pid on the outer machine.</summary>
public sealed record LabProcessEntry(int Pid, int Uid, string Name, IReadOnlyList<string> CommandLine)
{
    public void Signal(int signal) => LabProcessTable.Signal(Pid, signal);

    public void Kill() => Signal(9);
}

/// <summary>Processes as the kernel lists them, seen from the outer machine.</summary>
public static partial class LabProcessTable
{
    /// <summary>Every process of this place's pid namespace, its init left out; those of machines below it are not listed.</summary>
    public static IReadOnlyList<LabProcessEntry> Of(LabPlace place)
    {
        var home = PidNamespace(place.InitPid);
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && pid != place.InitPid && home is not null && PidNamespace(pid) == home)
                .Select(Read)
                .OfType<LabProcessEntry>(),
        ];
    }

    /// <summary>Sends a signal by its Linux number to a process, or to a process group by its negative number. False when there is none (any more).</summary>
    public static bool Signal(int pid, int signal)
    {
        const int NoSuchProcess = 3;
        if (Kill(pid, signal) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new LabException($"sending signal {signal} to process {pid}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    internal static IReadOnlyList<int> ChildrenOf(int pid)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>True when the process waits for something, or is gone.</summary>
    internal static bool IsAsleep(int pid)
    {
        try
        {
            // The state follows the name, which is in brackets and may hold anything.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] == 'S';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string? PidNamespace(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (IOException)
        {
            // It ended while the table was read.
            return null;
        }
    }

    private static LabProcessEntry? Read(int pid)
    {
        try
        {
            var status = File.ReadAllLines($"/proc/{pid}/status");
            var uid = status.First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
            var name = status.First(line => line.StartsWith("Name:", StringComparison.Ordinal)).Split('\t')[1];
            var commandLine = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return new LabProcessEntry(pid, int.Parse(uid, CultureInfo.InvariantCulture), name, commandLine);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
