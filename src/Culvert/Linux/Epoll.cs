using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>
/// epoll(7), edge-triggered: a descriptor is added once with both directions and never changed.
/// <code>
/// struct epoll_event: uint32 events, then 64 bits of data – packed on x86-64, aligned elsewhere.
/// </code>
/// </summary>
internal static unsafe partial class Epoll
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;
    public const uint Error = 0x8;
    public const uint HungUp = 0x10;
    public const uint PeerEnded = 0x2000;

    /// <summary>Bytes that one event takes in the array that <see cref="Wait"/> fills.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private const uint EdgeTriggered = 1u << 31;
    private const int CloseOnExec = 0x80000;
    private const int AddOperation = 1;

    public static int Create()
    {
        var epoll = CreateEpoll(CloseOnExec);
        return epoll >= 0 ? epoll : throw new LibcFailedException("epoll_create1");
    }

    /// <summary>0, or a negated errno.</summary>
    public static int Add(int epoll, int descriptor)
    {
        var entry = stackalloc byte[EventSize];
        *(uint*)entry = Readable | Writable | PeerEnded | EdgeTriggered;
        *(int*)(entry + EventSize - sizeof(ulong)) = descriptor;
        return Control(epoll, AddOperation, descriptor, entry) == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>The number of events; a signal that interrupts is none.</summary>
    public static int Wait(int epoll, byte* events, int capacity, int milliseconds)
    {
        var count = WaitForEvents(epoll, events, capacity, milliseconds);
        return count >= 0 || Marshal.GetLastPInvokeError() == Errno.Interrupted ? Math.Max(0, count) : throw new LibcFailedException("epoll_wait");
    }

    public static (uint Events, int Descriptor) Read(byte* events, int index)
    {
        var entry = events + (index * EventSize);
        return (*(uint*)entry, *(int*)(entry + EventSize - sizeof(ulong)));
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int WaitForEvents(int epoll, byte* events, int capacity, int milliseconds);
}
