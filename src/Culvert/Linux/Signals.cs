using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>kill(2) by pid.</summary>
internal static partial class Signals
{
    public const int HangUp = 1;
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>False when the process is gone.</summary>
    public static bool Send(int pid, int signal) => SendSignal(pid, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
