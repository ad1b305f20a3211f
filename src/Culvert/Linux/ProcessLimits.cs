using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>Limits that a process sets on itself; none of them needs a privilege.</summary>
internal static partial class ProcessLimits
{
    private const int CoreSize = 4;
    private const int OpenFiles = 7;
    private const int SetDumpable = 4;

    /// <summary>Raises the soft limit of open files to the hard one and returns what holds now.</summary>
    public static long RaiseOpenFiles()
    {
        var limit = ReadOpenFiles();
        var raised = limit with { Soft = limit.Hard };
        var held = SetLimit(OpenFiles, in raised) == 0 ? raised.Soft : limit.Soft;
        return (long)Math.Min(held, long.MaxValue);
    }

    /// <summary>How many files this process may hold open now.</summary>
    public static long MaximumOpenFiles() => (long)Math.Min(ReadOpenFiles().Soft, long.MaxValue);

    /// <summary>No core dump of this process is written, also not into a piped core_pattern, which RLIMIT_CORE does not stop.</summary>
    public static void ForbidCoreDumps()
    {
        if (ProcessControl(SetDumpable, 0, 0, 0, 0) != 0)
        {
            throw new InvalidOperationException($"forbidding core dumps: prctl failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>
    /// No core dump of any program that is started from now on. A limit of one byte and not of none: core(5) starts a piped
    /// core_pattern in spite of 0, and not with 1.
    /// </summary>
    public static void ForbidCoreDumpsOfChildren()
    {
        var limit = new Limit { Soft = 1, Hard = 1 };
        var none = new Limit();
        // Where the hard limit is 0 already, 1 is not to be had.
        if (SetLimit(CoreSize, in limit) != 0 && SetLimit(CoreSize, in none) != 0)
        {
            throw new InvalidOperationException($"forbidding core dumps of children: setrlimit failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    private static Limit ReadOpenFiles() => GetLimit(OpenFiles, out var limit) == 0
        ? limit
        : throw new InvalidOperationException($"reading the limit of open files failed with errno {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
