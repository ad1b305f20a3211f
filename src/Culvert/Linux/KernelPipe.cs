using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>A pipe as a place in the kernel where splice(2) puts pages on their way from one socket to another.</summary>
internal sealed unsafe partial class KernelPipe : IDisposable
{
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int SetPipeSize = 1031;
    private const uint MoveNonBlocking = 1 | 2;

    private readonly int _out;
    private readonly int _in;

    private KernelPipe(int output, int input) => (_out, _in) = (output, input);

    /// <summary>Bytes inside.</summary>
    public int Held { get; private set; }

    /// <summary>Null when the process has no descriptors left for one.</summary>
    public static KernelPipe? Open(int size)
    {
        var ends = stackalloc int[2];
        if (CreatePipe(ends, NonBlockingCloseOnExec) != 0)
        {
            return null;
        }

        // Beyond the user's share of pipe memory this fails, and the pipe stays as small as it is (pipe(7)).
        _ = Control(ends[1], SetPipeSize, size);
        return new KernelPipe(ends[0], ends[1]);
    }

    /// <summary>From a socket into the pipe, which must be empty: then "try again" can only mean the socket.</summary>
    public int Fill(int socket, int length)
    {
        var moved = Splice(socket, null, _in, null, (nuint)length, MoveNonBlocking);
        Held += (int)Math.Max(0, moved);
        return moved >= 0 ? (int)moved : -Marshal.GetLastPInvokeError();
    }

    public int Drain(int socket)
    {
        var moved = Splice(_out, null, socket, null, (nuint)Held, MoveNonBlocking);
        Held -= (int)Math.Max(0, moved);
        return moved >= 0 ? (int)moved : -Marshal.GetLastPInvokeError();
    }

    public void Dispose()
    {
        SocketCalls.Close(_out);
        SocketCalls.Close(_in);
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int CreatePipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    private static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);
}
