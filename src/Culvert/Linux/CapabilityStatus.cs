using System.Globalization;

namespace Culvert.Linux;

/// <summary>The capability sets of one thread, as <c>/proc/PID/task/TID/status</c> shows them.</summary>
internal sealed record CapabilityStatus(
    ulong Inheritable, ulong Permitted, ulong Effective, ulong Bounding, ulong Ambient, bool NoNewPrivileges)
{
    /// <summary>Nothing is held and nothing can be gained by an execve.</summary>
    public bool IsPowerless => (Inheritable | Permitted | Effective | Ambient) == 0 && NoNewPrivileges;

    public bool Has(int capability) => (Effective >> capability & 1) == 1;

    public static CapabilityStatus OfThread() => Parse(File.ReadAllText("/proc/thread-self/status"));

    /// <summary>Of every thread: they differ until the process has gone through an execve.</summary>
    public static IReadOnlyList<CapabilityStatus> OfEveryThread(string process = "self") =>
        [.. Directory.GetDirectories($"/proc/{process}/task").Select(OfTask).OfType<CapabilityStatus>()];

    public static CapabilityStatus Parse(string status)
    {
        var fields = status.Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim());
        return new CapabilityStatus(
            Set("CapInh"), Set("CapPrm"), Set("CapEff"), Set("CapBnd"), Set("CapAmb"), fields["NoNewPrivs"] == "1");

        ulong Set(string name) => ulong.Parse(fields[name], NumberStyles.HexNumber);
    }

    /// <summary>Null when the thread has ended since it was listed: it holds nothing any more.</summary>
    private static CapabilityStatus? OfTask(string task)
    {
        try
        {
            return Parse(File.ReadAllText($"{task}/status"));
        }
        catch (IOException) when (!Directory.Exists(task))
        {
            return null;
        }
    }

    public override string ToString() =>
        $"CapInh={Inheritable:x} CapPrm={Permitted:x} CapEff={Effective:x} CapBnd={Bounding:x} CapAmb={Ambient:x} NoNewPrivs={(NoNewPrivileges ? 1 : 0)}";
}
