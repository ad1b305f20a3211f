using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Linux;

/// <summary>How a process ended. Both are null when it was not our child, so that nobody told us.</summary>
internal readonly record struct ExitKind(int? Code, int? Signal)
{
    public override string ToString() => this switch
    {
        { Signal: { } signal } => $"was killed by signal {signal}",
        { Code: { } code } => $"ended with exit code {code}",
        _ => "ended",
    };
}

/// <summary>Waits for the end of any process, child or not, through a pidfd.</summary>
internal static partial class ProcessExit
{
    private const long PidfdOpen = 434; // The same on every architecture.
    private const int NoHang = 1;
    private const short Readable = 1;
    private const int SmallStack = 128 * 1024;

    public static async Task<ExitKind> WaitAsync(ProcessIdentity process, CancellationToken cancellationToken)
    {
        var descriptor = (int)SystemCall(PidfdOpen, process.Pid, 0);
        if (descriptor >= 0)
        {
            using var pidfd = new SafeFileHandle(descriptor, ownsHandle: true);
            if (process.IsAlive)
            {
                await OnOwnThread(descriptor).WaitAsync(cancellationToken);
            }
        }

        return Reap(process.Pid);
    }

    private static unsafe Task OnOwnThread(int descriptor)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = new Thread(
            () =>
            {
                var entry = new PollEntry { Descriptor = descriptor, Events = Readable };
                while (Poll(&entry, 1, -1) < 0)
                {
                    // EINTR: .NET's own signals.
                }

                ended.SetResult();
            },
            SmallStack)
        {
            IsBackground = true,
            Name = "waits for a process",
        };
        waiting.Start();
        return ended.Task;
    }

    private static unsafe ExitKind Reap(int pid)
    {
        int status;
        if (WaitPid(pid, &status, NoHang) != pid)
        {
            return default;
        }

        var signal = status & 0x7f;
        return signal == 0 ? new ExitKind((status >> 8) & 0xff, null) : new ExitKind(null, signal);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static unsafe partial int WaitPid(int pid, int* status, int options);
}
