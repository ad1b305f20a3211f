using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>
/// The socket calls of libc on bare descriptors, all of them non-blocking. Results below zero are negated errnos;
/// a call that a signal interrupts is made again.
/// </summary>
internal static unsafe partial class SocketCalls
{
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int NoSignal = 0x4000;
    private const int Peek = 0x2;
    private const int ShutWrite = 1;

    public static int Open(IPAddress address, SocketType type) =>
        (int)Result(Socket(SocketAddressBytes.FamilyOf(address), (type == SocketType.Dgram ? 2 : 1) | NonBlockingCloseOnExec, 0));

    public static int OpenUnix() => (int)Result(Socket(1, 1 | NonBlockingCloseOnExec, 0));

    /// <summary>A socket to netfilter (netlink(7)); the kernel gives it a port when it is first used.</summary>
    public static int OpenNetfilter() => (int)Result(Socket(16, 3 | NonBlockingCloseOnExec, 12));

    /// <summary>A name that is too long is "invalid argument".</summary>
    public static int BindUnix(int descriptor, string path)
    {
        var address = stackalloc byte[UnixSocketAddress.MaximumLength];
        var length = UnixSocketAddress.Write(new Span<byte>(address, UnixSocketAddress.MaximumLength), path);
        return length == 0 ? -Errno.InvalidArgument : (int)Result(Bind(descriptor, address, length));
    }

    public static int Bind(int descriptor, IPEndPoint endPoint)
    {
        var address = stackalloc byte[SocketAddressBytes.MaximumLength];
        var length = SocketAddressBytes.Write(new Span<byte>(address, SocketAddressBytes.MaximumLength), endPoint.Address, endPoint.Port);
        return (int)Result(Bind(descriptor, address, length));
    }

    public static int Listen(int descriptor, int backlog) => (int)Result(ListenOn(descriptor, backlog));

    /// <summary>The descriptor of the next connection, with the address at its far end.</summary>
    public static int Accept(int listener, out IPAddress peer)
    {
        var address = stackalloc byte[SocketAddressBytes.MaximumLength];
        while (true)
        {
            var length = SocketAddressBytes.MaximumLength;
            var accepted = (int)Result(AcceptNext(listener, address, &length, NonBlockingCloseOnExec));
            if (accepted != -Errno.Interrupted)
            {
                peer = accepted >= 0 ? SocketAddressBytes.ReadAddress(new ReadOnlySpan<byte>(address, SocketAddressBytes.MaximumLength)) : IPAddress.None;
                return accepted;
            }
        }
    }

    /// <summary>Called again on a descriptor that is connecting, it tells how that stands.</summary>
    public static int Connect(int descriptor, IPAddress to, int port)
    {
        var address = stackalloc byte[SocketAddressBytes.MaximumLength];
        var length = SocketAddressBytes.Write(new Span<byte>(address, SocketAddressBytes.MaximumLength), to, port);
        var result = (int)Result(Connect(descriptor, address, length));
        return result is -Errno.IsConnected ? 0 : result is -Errno.Already or -Errno.Interrupted ? -Errno.InProgress : result;
    }

    public static int Receive(int descriptor, Span<byte> into)
    {
        fixed (byte* bytes = into)
        {
            long result;
            do
            {
                result = Result(Receive(descriptor, bytes, (nuint)into.Length, 0));
            }
            while (result == -Errno.Interrupted);

            return (int)result;
        }
    }

    /// <summary>Looks whether a read would give something: input, an end or an error.</summary>
    public static bool HasInput(int descriptor)
    {
        byte one;
        return Result(Receive(descriptor, &one, 1, Peek)) != -Errno.TryAgain;
    }

    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            long result;
            do
            {
                result = Result(Send(descriptor, first, (nuint)bytes.Length, NoSignal));
            }
            while (result == -Errno.Interrupted);

            return (int)result;
        }
    }

    /// <summary>One datagram, and the address that it came from.</summary>
    public static int ReceiveFrom(int descriptor, Span<byte> into, out IPEndPoint? from)
    {
        var address = stackalloc byte[SocketAddressBytes.MaximumLength];
        fixed (byte* bytes = into)
        {
            long result;
            do
            {
                var length = SocketAddressBytes.MaximumLength;
                result = Result(ReceiveFrom(descriptor, bytes, (nuint)into.Length, 0, address, &length));
            }
            while (result == -Errno.Interrupted);

            from = result >= 0 ? SocketAddressBytes.ReadEndPoint(new ReadOnlySpan<byte>(address, SocketAddressBytes.MaximumLength)) : null;
            return (int)result;
        }
    }

    public static int SendTo(int descriptor, ReadOnlySpan<byte> bytes, IPEndPoint to)
    {
        var address = stackalloc byte[SocketAddressBytes.MaximumLength];
        var length = SocketAddressBytes.Write(new Span<byte>(address, SocketAddressBytes.MaximumLength), to.Address, to.Port);
        fixed (byte* first = bytes)
        {
            long result;
            do
            {
                result = Result(SendTo(descriptor, first, (nuint)bytes.Length, NoSignal, address, length));
            }
            while (result == -Errno.Interrupted);

            return (int)result;
        }
    }

    public static void ShutdownSend(int descriptor) => _ = Shutdown(descriptor, ShutWrite);

    public static IPEndPoint? LocalEndPoint(int descriptor)
    {
        var address = stackalloc byte[SocketAddressBytes.MaximumLength];
        var length = SocketAddressBytes.MaximumLength;
        return GetName(descriptor, address, &length) == 0
            ? SocketAddressBytes.ReadEndPoint(new ReadOnlySpan<byte>(address, SocketAddressBytes.MaximumLength))
            : null;
    }

    public static int SetOption(int descriptor, int level, int name, int value) =>
        (int)Result(SetOption(descriptor, level, name, &value, sizeof(int)));

    public static int SetOption(int descriptor, int level, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
        {
            return (int)Result(SetOption(descriptor, level, name, bytes, value.Length));
        }
    }

    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    private static long Result(long result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int ListenOn(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int AcceptNext(int descriptor, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int descriptor, byte* into, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(int descriptor, byte* into, nuint length, int flags, byte* address, int* addressLength);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(int descriptor, byte* bytes, nuint length, int flags, byte* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    private static partial int GetName(int descriptor, byte* address, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);
}
