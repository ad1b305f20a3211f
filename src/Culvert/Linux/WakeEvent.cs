using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>eventfd(2): a counter that wakes whoever polls it.</summary>
internal static partial class WakeEvent
{
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;

    public static int Create()
    {
        var descriptor = CreateEvent(0, NonBlockingCloseOnExec);
        return descriptor >= 0 ? descriptor : throw new LibcFailedException("eventfd");
    }

    public static void Set(int descriptor) => _ = Write(descriptor, 1);

    public static void Reset(int descriptor) => _ = Read(descriptor, out _);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd_write")]
    private static partial int Write(int descriptor, ulong value);

    [LibraryImport("libc", EntryPoint = "eventfd_read")]
    private static partial int Read(int descriptor, out ulong value);
}
