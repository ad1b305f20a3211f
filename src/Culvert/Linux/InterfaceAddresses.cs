using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>An address of an interface with its prefix, or the far end of a point-to-point link as a single address.</summary>
internal readonly record struct InterfaceAddress(string Interface, IPAddress Address, int PrefixLength);

/// <summary>The addresses of this network namespace, by getifaddrs(3): one netlink dump, tens of microseconds.</summary>
internal static unsafe partial class InterfaceAddresses
{
    private const ushort Inet = 2;
    private const ushort Inet6 = 10;
    private const uint PointToPoint = 0x10;

    /// <summary>Throws <see cref="InvalidOperationException"/> when the kernel refuses the dump.</summary>
    public static ImmutableArray<InterfaceAddress> Read()
    {
        if (GetInterfaceAddresses(out var first) != 0)
        {
            throw new InvalidOperationException(
                $"reading the addresses of this namespace: getifaddrs failed with errno {Marshal.GetLastPInvokeError()}; check the descriptor limit");
        }

        try
        {
            var found = ImmutableArray.CreateBuilder<InterfaceAddress>();
            for (var entry = first; entry != null; entry = entry->Next)
            {
                Add(found, entry);
            }

            return found.ToImmutable();
        }
        finally
        {
            FreeInterfaceAddresses(first);
        }
    }

    private static void Add(ImmutableArray<InterfaceAddress>.Builder found, Entry* entry)
    {
        var name = Marshal.PtrToStringUTF8((nint)entry->Name) ?? "";
        if (ReadAddress(entry->Address) is not { } address)
        {
            return;
        }

        var width = address.GetAddressBytes().Length * 8;
        found.Add(new InterfaceAddress(name, address, ReadAddress(entry->Mask) is { } mask ? PrefixLength(mask) : width));
        if ((entry->Flags & PointToPoint) != 0 && ReadAddress(entry->Destination) is { } peer)
        {
            found.Add(new InterfaceAddress(name, peer, width));
        }
    }

    // sockaddr_in: family, port, address at 4. sockaddr_in6: family, port, flow information, address at 8.
    private static IPAddress? ReadAddress(byte* socketAddress) => socketAddress == null
        ? null
        : *(ushort*)socketAddress switch
        {
            Inet => new IPAddress(new ReadOnlySpan<byte>(socketAddress + 4, 4)),
            Inet6 => new IPAddress(new ReadOnlySpan<byte>(socketAddress + 8, 16)),
            _ => null,
        };

    private static int PrefixLength(IPAddress mask)
    {
        var bits = 0;
        foreach (var octet in mask.GetAddressBytes())
        {
            bits += System.Numerics.BitOperations.PopCount(octet);
        }

        return bits;
    }

    [LibraryImport("libc", EntryPoint = "getifaddrs", SetLastError = true)]
    private static partial int GetInterfaceAddresses(out Entry* first);

    [LibraryImport("libc", EntryPoint = "freeifaddrs")]
    private static partial void FreeInterfaceAddresses(Entry* first);

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public Entry* Next;
        public byte* Name;
        public uint Flags;
        public byte* Address;
        public byte* Mask;
        public byte* Destination;
        public byte* Data;
    }
}
