using System.Net;
using System.Security.Cryptography;

namespace Culvert.Linux;

/// <summary>Frames that the kernel handed to the capture, and frames that it had to drop because the capture was too slow.</summary>
internal readonly record struct CaptureStatistics(uint Received, uint Dropped);

/// <summary><see cref="IsProof"/> is true for a frame that this very capture sent with <see cref="PacketCapture.SendProof"/>.</summary>
internal readonly record struct CapturedFrame(FrameHeader Header, bool IsProof);

/// <summary>
/// Sees every frame that leaves by one interface: an AF_PACKET socket (packet(7)) behind netfilter's hooks, so what a
/// ruleset drops is not seen and what it lets out is. Needs CAP_NET_RAW. One thread uses it.
/// </summary>
internal sealed class PacketCapture : IDisposable
{
    // Headers are enough; GSO frames are up to 64 KiB long.
    private const int SnapLength = 256;
    private const int ArpTargetHardware = 14 + 18;
    private const int ReceiveBuffer = 16 << 20;

    private readonly int _socket;
    private readonly int _sender;
    private readonly PacketSocket.Address _address;
    private readonly byte[] _buffer = new byte[SnapLength];

    // Tells this capture's proofs from those of another one on the same interface.
    private readonly byte[] _nonce = RandomNumberGenerator.GetBytes(6);

    private PacketCapture(int socket, int sender)
    {
        _socket = socket;
        _sender = sender;
        _address = PacketSocket.BoundAddress(socket);
    }

    /// <summary>Starts to capture at once. A missing interface or right throws <see cref="IOException"/> with the reason.</summary>
    public static PacketCapture Open(string interfaceName)
    {
        var index = PacketSocket.IndexOf(interfaceName);
        var socket = PacketSocket.Create();
        var sender = PacketSocket.Create();
        PacketSocket.KeepOutgoingOnly(socket, SnapLength);
        PacketSocket.SetReceiveBuffer(socket, ReceiveBuffer);
        PacketSocket.Bind(socket, index);
        return new PacketCapture(socket, sender);
    }

    /// <summary>The next frame, or null when none came within the wait.</summary>
    public CapturedFrame? Receive(TimeSpan wait)
    {
        if (!PacketSocket.WaitReadable(_socket, wait))
        {
            return null;
        }

        var length = PacketSocket.Receive(_socket, _buffer);
        if (length < 0)
        {
            return null;
        }

        var frame = _buffer.AsSpan(0, length);
        var header = FrameHeader.Parse(frame);
        return new CapturedFrame(header, header.EtherType == FrameHeader.ArpType && frame.IndexOf(_nonce) == ArpTargetHardware);
    }

    /// <summary>
    /// Sends one ARP probe (RFC 5227: no sender address, so no cache learns from it) for the interface's own address. The
    /// capture must see it: that is the proof that it stands where it should. False where the link has no ARP.
    /// </summary>
    public bool SendProof(IPAddress ownAddress)
    {
        if (!_address.IsEthernet)
        {
            return false;
        }

        PacketSocket.Send(_sender, _address, ArpProbe(_address.Hardware, _nonce, ownAddress));
        return true;
    }

    /// <summary>Reads and resets the kernel's counters.</summary>
    public CaptureStatistics ReadStatistics() => PacketSocket.ReadStatistics(_socket);

    public void Dispose()
    {
        PacketSocket.Close(_socket);
        PacketSocket.Close(_sender);
    }

    // The target's hardware address is what an ARP request asks for; whoever reads one ignores the field.
    internal static byte[] ArpProbe(ReadOnlySpan<byte> hardware, ReadOnlySpan<byte> nonce, IPAddress target) =>
    [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. hardware, 0x08, 0x06,
        0, 1, 0x08, 0, 6, 4, 0, 1,
        .. hardware, 0, 0, 0, 0,
        .. nonce, .. target.GetAddressBytes(),
    ];
}
