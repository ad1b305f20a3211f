using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Bench;

/// <summary>A target's processes: a session of their own, so that children and grandchildren are counted too.</summary>
internal sealed class Service : IDisposable
{
    private const int SessionField = 3;
    private const int UserTimeField = 11;
    private const double TicksPerSecond = 100;

    private readonly Process? _process;

    public Service(Target target)
    {
        if (target.IsDirect)
        {
            return;
        }

        // microsocks cannot be told not to log.
        _process = Process.Start("setsid", ["sh", "-c", "exec \"$@\" >/dev/null 2>&1", "sh", .. target.Command]);
        WaitUntilServing(target);
    }

    /// <summary>Seconds of CPU that its processes, living and reaped, have taken.</summary>
    public double CpuSeconds => Processes().Sum(process => process.Fields[UserTimeField..(UserTimeField + 4)].Sum(long.Parse)) / TicksPerSecond;

    /// <summary>
    /// Seconds of CPU of everything in this bench's process namespace but the bench: load, target, origin. On a machine of its
    /// own, with every core busy, throughput is its inverse; on a shared one it is firmer than throughput.
    /// </summary>
    public static double CpuSecondsOfAll => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) && id != Environment.ProcessId ? ReadFields(id) : null)
        .Sum(fields => fields?[UserTimeField..(UserTimeField + 2)].Sum(long.Parse) ?? 0) / TicksPerSecond;

    /// <summary>Proportional set size of all its processes: shared pages once.</summary>
    public double MemoryMegabytes => Processes().Sum(process => Pss(process.Id)) / 1024.0;

    public void Dispose()
    {
        if (_process is null)
        {
            return;
        }

        foreach (var (id, _) in Processes())
        {
            Kill(id);
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It went with its parent.
        }
    }

    private IEnumerable<(int Id, string[] Fields)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && ReadFields(id) is { } fields && fields[SessionField] == $"{_process?.Id}")
            {
                yield return (id, fields);
            }
        }
    }

    // proc_pid_stat(5), from the state on: the name before it may hold spaces.
    private static string[]? ReadFields(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Pss(int id)
    {
        try
        {
            return long.Parse(File.ReadLines($"/proc/{id}/smaps_rollup").Single(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private void WaitUntilServing(Target target)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(10); Thread.Sleep(20))
        {
            try
            {
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                probe.Connect(IPAddress.Loopback, target.AnyPort);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        throw new InvalidOperationException($"{target.Name} does not serve: {string.Join(' ', target.Command)} (exited: {_process!.HasExited})");
    }
}
