using System.Buffers.Binary;
using Culvert.DnsMessages;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>
/// Deliberate calls as a bypassing application would make them, between two addresses that are nobody's (RFC 5737). Their IPv4 checksum
/// stays 0, which is wrong for them: whoever gets one throws it away without an answer.
/// </summary>
internal static class ProofPackets
{
    public const int Count = 2;

    private const int Ipv4Header = 20;
    private const int TcpHeader = 20;
    private const int UdpHeader = 8;

    public static IReadOnlyList<byte[]> For(string name) =>
    [
        Packet(FrameHeader.Tcp, TcpHeader, 443, ClientHello.Naming(name)),
        Packet(FrameHeader.Udp, UdpHeader, 53, DnsMessage.Question(1, name)),
    ];

    private static byte[] Packet(byte protocol, int header, ushort port, byte[] payload)
    {
        var packet = new byte[Ipv4Header + header + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 1;
        packet[9] = protocol;
        ReadOnlySpan<byte> addresses = [192, 0, 2, 1, 192, 0, 2, 2];
        addresses.CopyTo(packet.AsSpan(12));
        var transport = packet.AsSpan(Ipv4Header);
        BinaryPrimitives.WriteUInt16BigEndian(transport, 49152);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], port);
        if (protocol == FrameHeader.Tcp)
        {
            transport[12] = TcpHeader / 4 << 4;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)(UdpHeader + payload.Length));
        }

        payload.CopyTo(transport[header..]);
        return packet;
    }
}
