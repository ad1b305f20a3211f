using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>The libc calls of AF_PACKET sockets. Failures throw <see cref="IOException"/> that names the call and the reason.</summary>
internal static partial class PacketSocket
{
    private const int Family = 17;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int DatagramCloseOnExec = 2 | 0x80000;
    private const int SolSocket = 1;
    private const int SolPacket = 263;
    private const int AttachFilter = 26;
    private const int ForceReceiveBuffer = 33;
    private const int PacketStatistics = 6;
    private const short PollIn = 1;
    private const int NetworkDown = 100;
    private const int DontWait = 0x40;
    private const uint Outgoing = 4;

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Address
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType;
        public byte HardwareLength;
        public HardwareBytes Bytes;

        public readonly bool IsEthernet => HardwareType == 1 && HardwareLength == 6;

        public readonly byte[] Hardware => ((ReadOnlySpan<byte>)Bytes)[..HardwareLength].ToArray();
    }

    [InlineArray(8)]
    internal struct HardwareBytes
    {
        private byte _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterStep(ushort code, byte jumpTrue, byte jumpFalse, uint operand)
    {
        public ushort Code = code;
        public byte JumpTrue = jumpTrue;
        public byte JumpFalse = jumpFalse;
        public uint Operand = operand;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public nint Steps;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Socket;
        public short Events;
        public short Returned;
    }

    public static int IndexOf(string interfaceName)
    {
        var index = (int)InterfaceIndex(interfaceName);
        return index > 0 ? index : throw Failure($"finding interface {interfaceName}");
    }

    /// <summary>Protocol 0: the socket hears nothing until it is bound, so no frame of another interface slips in.</summary>
    public static int Create()
    {
        var socket = Socket(Family, RawCloseOnExec, 0);
        return socket >= 0 ? socket : throw Failure("opening a packet socket (needs CAP_NET_RAW)");
    }

    /// <summary>As <see cref="Create"/>, without the link's own header: what is read begins with the network's, whatever the link is.</summary>
    public static int CreateWithoutLinkHeader()
    {
        var socket = Socket(Family, DatagramCloseOnExec, 0);
        return socket >= 0 ? socket : throw Failure("opening a packet socket (needs CAP_NET_RAW)");
    }

    /// <summary>Index 0 is every interface, also one that comes later.</summary>
    public static void Bind(int socket, int index)
    {
        var address = new Address { Family = Family, Protocol = BinaryPrimitives.ReverseEndianness((ushort)3), Index = index };
        Check(Bind(socket, in address, Unsafe.SizeOf<Address>()), "binding the packet socket");
    }

    public static Address BoundAddress(int socket)
    {
        var length = Unsafe.SizeOf<Address>();
        Check(GetName(socket, out var address, ref length), "reading the address of the packet socket");
        return address;
    }

    /// <summary>A classic BPF program: if the packet type is outgoing, keep <paramref name="snapLength"/> bytes, otherwise none.</summary>
    public static unsafe void KeepOutgoingOnly(int socket, int snapLength)
    {
        FilterStep* steps = stackalloc FilterStep[]
        {
            new(0x20, 0, 0, unchecked((uint)(-0x1000 + 4))),
            new(0x15, 0, 1, Outgoing),
            new(0x06, 0, 0, (uint)snapLength),
            new(0x06, 0, 0, 0),
        };
        var program = new FilterProgram { Length = 4, Steps = (nint)steps };
        Check(SetOption(socket, SolSocket, AttachFilter, &program, sizeof(FilterProgram)), "attaching the capture filter");
    }

    public static unsafe void SetReceiveBuffer(int socket, int bytes) =>
        Check(SetOption(socket, SolSocket, ForceReceiveBuffer, &bytes, sizeof(int)), "enlarging the capture buffer");

    public static bool WaitReadable(int socket, TimeSpan wait)
    {
        var entry = new PollEntry { Socket = socket, Events = PollIn };
        return Poll(ref entry, 1, (int)wait.TotalMilliseconds) > 0;
    }

    /// <summary>The length, or -1 when there was nothing after all (the interface went down, a signal came).</summary>
    public static int Receive(int socket, Span<byte> buffer) => (int)Receive(socket, buffer, buffer.Length, DontWait);

    /// <summary>As <see cref="Receive(int, Span{byte})"/>, and by which interface, of which EtherType (in network order).</summary>
    public static int Receive(int socket, Span<byte> buffer, out Address from)
    {
        var length = Unsafe.SizeOf<Address>();
        return (int)ReceiveFrom(socket, buffer, buffer.Length, DontWait, out from, ref length);
    }

    public static void Send(int socket, in Address to, ReadOnlySpan<byte> frame)
    {
        if (SendTo(socket, frame, frame.Length, 0, in to, Unsafe.SizeOf<Address>()) < 0)
        {
            throw Marshal.GetLastPInvokeError() == NetworkDown ? new InterfaceDownException() : Failure("sending the proof frame");
        }
    }

    /// <summary>struct tpacket_stats. The kernel counts dropped frames among tp_packets, too.</summary>
    public static CaptureStatistics ReadStatistics(int socket)
    {
        Span<uint> stats = stackalloc uint[2];
        var length = 8;
        Check(GetOption(socket, SolPacket, PacketStatistics, stats, ref length), "reading the capture's counters");
        return new CaptureStatistics(stats[0] - stats[1], stats[1]);
    }

    public static void Close(int socket) => _ = CloseDescriptor(socket);

    private static void Check(int result, string attempt)
    {
        if (result != 0)
        {
            throw Failure(attempt);
        }
    }

    private static IOException Failure(string attempt) => new($"{attempt} failed: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint InterfaceIndex(string name);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, in Address address, int length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetName(int socket, out Address address, ref int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(int socket, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(int socket, int level, int name, Span<uint> value, ref int length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, Span<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(int socket, Span<byte> buffer, nint length, int flags, out Address from, ref int fromLength);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(int socket, ReadOnlySpan<byte> frame, nint length, int flags, in Address to, int toLength);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);
}
