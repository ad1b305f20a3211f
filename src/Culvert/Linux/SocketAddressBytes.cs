using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Linux;

/// <summary>
/// Socket addresses as the kernel has them.
/// <code>
/// sockaddr_in:  family 2 (host order), port 2, address 4, zeros 8
/// sockaddr_in6: family 2 (host order), port 2, flow 4, address 16, scope 4
/// </code>
/// </summary>
internal static class SocketAddressBytes
{
    public const int MaximumLength = 28;
    private const ushort Inet = 2;
    private const ushort Inet6 = 10;

    public static int FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? Inet : Inet6;

    /// <summary>The length written.</summary>
    public static int Write(Span<byte> bytes, IPAddress address, int port)
    {
        bytes[..MaximumLength].Clear();
        BitConverter.TryWriteBytes(bytes, (ushort)FamilyOf(address));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes[4..], out _);
            return 16;
        }

        address.TryWriteBytes(bytes[8..], out _);
        BitConverter.TryWriteBytes(bytes[24..], (uint)address.ScopeId);
        return MaximumLength;
    }

    public static IPAddress ReadAddress(ReadOnlySpan<byte> bytes) => BitConverter.ToUInt16(bytes) switch
    {
        Inet => new IPAddress(bytes.Slice(4, 4)),
        Inet6 => new IPAddress(bytes.Slice(8, 16), BitConverter.ToUInt32(bytes[24..])),
        _ => IPAddress.None,
    };

    public static IPEndPoint ReadEndPoint(ReadOnlySpan<byte> bytes) =>
        new(ReadAddress(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
}
