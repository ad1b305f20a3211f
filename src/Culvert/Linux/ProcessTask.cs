using System.Globalization;

namespace Culvert.Linux;

/// <summary>One thread of a process as /proc shows it. Capability sets are bit masks (capabilities(7)).</summary>
internal sealed record ProcessTask(
    int Process,
    int Thread,
    int Parent,
    string Name,
    IReadOnlyList<string> Arguments,
    int Uid,
    ulong Inheritable,
    ulong Permitted,
    ulong Effective,
    ulong Ambient,
    bool NoNewPrivileges)
{
    public int Gid { get; init; }

    /// <summary>Every capability that the thread holds or passes on in any set.</summary>
    public ulong AnyCapability => Inheritable | Permitted | Effective | Ambient;

    /// <summary>Every thread whose network namespace is this one (<c>net:[INODE]</c>). What ends meanwhile is left out.</summary>
    public static IReadOnlyList<ProcessTask> InNetwork(string networkNamespace) =>
    [
        .. from directory in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(directory), out _)
           from task in ReadAll(directory, networkNamespace)
           select task,
    ];

    /// <summary>The calling process's main thread.</summary>
    public static ProcessTask Own() =>
        Parse(Environment.ProcessId, Environment.ProcessId, File.ReadAllText("/proc/self/status"), "");

    public static ProcessTask Parse(int process, int thread, string status, string commandLine)
    {
        var fields = status.Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim());
        ulong Set(string name) => ulong.Parse(fields[name], NumberStyles.HexNumber);
        return new ProcessTask(
            process,
            thread,
            int.Parse(fields["PPid"]),
            fields["Name"],
            commandLine.Split('\0', StringSplitOptions.RemoveEmptyEntries),
            int.Parse(fields["Uid"].Split('\t')[0]),
            Set("CapInh"),
            Set("CapPrm"),
            Set("CapEff"),
            Set("CapAmb"),
            fields["NoNewPrivs"] == "1")
        {
            Gid = int.Parse(fields["Gid"].Split('\t')[0]),
        };
    }

    private static IReadOnlyList<ProcessTask> ReadAll(string directory, string networkNamespace)
    {
        try
        {
            if (new FileInfo($"{directory}/ns/net").LinkTarget != networkNamespace)
            {
                return [];
            }

            var process = int.Parse(Path.GetFileName(directory));
            var commandLine = File.ReadAllText($"{directory}/cmdline");
            return
            [
                .. from task in Directory.GetDirectories($"{directory}/task")
                   let read = Read(process, task, commandLine)
                   where read is not null
                   select read,
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended between two reads; the kernel says ENOENT or ESRCH.
            return [];
        }
    }

    // One thread that ends must not hide the others of its process.
    private static ProcessTask? Read(int process, string task, string commandLine)
    {
        try
        {
            return Parse(process, int.Parse(Path.GetFileName(task)), File.ReadAllText($"{task}/status"), commandLine);
        }
        catch (IOException) when (!Directory.Exists(task))
        {
            return null;
        }
    }
}
