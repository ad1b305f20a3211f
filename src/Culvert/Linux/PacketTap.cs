using System.Buffers.Binary;

namespace Culvert.Linux;

/// <summary>A packet as it leaves by an interface (its index), from the network's header on; <see cref="Bytes"/> is good until the next one is read.</summary>
internal readonly ref struct TappedPacket(int interfaceIndex, ushort etherType, ReadOnlySpan<byte> bytes)
{
    public int InterfaceIndex { get; } = interfaceIndex;

    public ushort EtherType { get; } = etherType;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}

/// <summary>
/// Sees what leaves by any interface of the namespace that this process stands in, loopback included, with the beginning of what it
/// carries: an AF_PACKET socket (packet(7)). Needs CAP_NET_RAW. One thread uses it.
/// </summary>
internal sealed class PacketTap : IDisposable
{
    // The first packet of a TLS connection with post-quantum keys is 1.8 KB long; what is longer is somebody's bulk.
    private const int SnapLength = 4096;
    private const int ReceiveBuffer = 32 << 20;

    private readonly int _socket;
    private readonly byte[] _buffer = new byte[SnapLength];

    private PacketTap(int socket) => _socket = socket;

    /// <summary>Starts to listen at once. A missing right throws <see cref="IOException"/> with the reason.</summary>
    public static PacketTap Open()
    {
        var socket = PacketSocket.CreateWithoutLinkHeader();
        PacketSocket.KeepOutgoingOnly(socket, SnapLength);
        PacketSocket.SetReceiveBuffer(socket, ReceiveBuffer);
        PacketSocket.Bind(socket, 0);
        return new PacketTap(socket);
    }

    /// <summary>False when none came within the wait.</summary>
    public bool TryReceive(TimeSpan wait, out TappedPacket packet)
    {
        packet = default;
        if (!PacketSocket.WaitReadable(_socket, wait))
        {
            return false;
        }

        var length = PacketSocket.Receive(_socket, _buffer, out var from);
        if (length < 0)
        {
            return false;
        }

        packet = new TappedPacket(from.Index, BinaryPrimitives.ReverseEndianness(from.Protocol), _buffer.AsSpan(0, length));
        return true;
    }

    /// <summary>
    /// Sends an IPv4 packet by an interface to nobody: on Ethernet to the interface's own hardware address, which no bridge hands back to
    /// where it came from. Throws <see cref="IOException"/> when the interface takes none.
    /// </summary>
    public static void SendToNobody(int interfaceIndex, ReadOnlySpan<byte> packet)
    {
        var sender = PacketSocket.CreateWithoutLinkHeader();
        try
        {
            PacketSocket.Bind(sender, interfaceIndex);
            var address = PacketSocket.BoundAddress(sender);
            address.Protocol = BinaryPrimitives.ReverseEndianness(FrameHeader.IPv4Type);
            PacketSocket.Send(sender, address, packet);
        }
        finally
        {
            PacketSocket.Close(sender);
        }
    }

    /// <summary>How many the kernel dropped since the last look, because they were read too slowly.</summary>
    public long ReadDropped() => PacketSocket.ReadStatistics(_socket).Dropped;

    public void Dispose() => PacketSocket.Close(_socket);
}
