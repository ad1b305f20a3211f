using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Linux;

/// <summary>Flags of a network interface, by ioctl SIOCGIFFLAGS (netdevice(7)): no privilege and no netlink parsing.</summary>
internal static partial class NetworkInterfaceFlags
{
    private const nuint SiocGetInterfaceFlags = 0x8913;
    private const int InterfaceNameLength = 16;
    private const int RequestLength = 40;
    private const short Up = 0x1;
    private const short Running = 0x40;

    // Any socket carries the ioctl; one for the life of the process, so that descriptor exhaustion cannot blind it.
    private static readonly Socket Probe = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>True when the interface exists with IFF_UP and IFF_RUNNING.</summary>
    public static bool IsRunning(string name)
    {
        // struct ifreq: name[16], then a union that holds the flags as a short.
        Span<byte> request = stackalloc byte[RequestLength];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request[..(InterfaceNameLength - 1)]);
        if (Ioctl(Probe.SafeHandle, SiocGetInterfaceFlags, ref MemoryMarshal.GetReference(request)) != 0)
        {
            return false;
        }

        var flags = MemoryMarshal.Read<short>(request[InterfaceNameLength..]);
        return (flags & (Up | Running)) == (Up | Running);
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeHandle socket, nuint request, ref byte argument);
}
