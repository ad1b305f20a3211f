using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Linux;

/// <summary>A network interface as <c>netdevice(7)</c> shows it: needs no privilege and no program.</summary>
internal sealed partial record NetworkDevice(int Index, bool Up, bool Running, IPAddress? Address)
{
    // struct ifreq on 64-bit Linux: char name[16]; then a union of 24 bytes.
    private const int IfreqSize = 40;
    private const int NameSize = 16;
    private const nuint GetFlags = 0x8913;
    private const nuint GetAddress = 0x8915;
    private const nuint GetMtu = 0x8921;
    private const nuint GetIndex = 0x8933;
    private const short FlagUp = 0x1;
    private const short FlagRunning = 0x40;

    /// <summary>In bytes.</summary>
    public int Mtu { get; private init; }

    /// <summary>Null when the caller's network namespace has no interface of this name.</summary>
    public static NetworkDevice? Find(string name)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Span<byte> request = stackalloc byte[IfreqSize];
        if (!Ask(socket, GetIndex, name, request))
        {
            return null;
        }

        var index = BitConverter.ToInt32(request[NameSize..]);
        var flags = Ask(socket, GetFlags, name, request) ? BitConverter.ToInt16(request[NameSize..]) : (short)0;

        // The union holds a sockaddr_in: family, port, then the address.
        var address = Ask(socket, GetAddress, name, request) ? new IPAddress(request.Slice(NameSize + 4, 4)) : null;
        var mtu = Ask(socket, GetMtu, name, request) ? BitConverter.ToInt32(request[NameSize..]) : 0;
        return new NetworkDevice(index, (flags & FlagUp) != 0, (flags & FlagRunning) != 0, address) { Mtu = mtu };
    }

    private static unsafe bool Ask(Socket socket, nuint question, string name, Span<byte> request)
    {
        request.Clear();
        Encoding.ASCII.GetBytes(name, request[..(NameSize - 1)]);
        fixed (byte* memory = request)
        {
            return Ioctl(socket.SafeHandle, question, memory) == 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int Ioctl(SafeHandle descriptor, nuint request, byte* argument);
}
