using System.Buffers.Binary;
using System.Net;

namespace Culvert.Tests.Linux;

/// <summary>Ethernet frames, byte by byte.</summary>
internal static class Frames
{
    public static byte[] Ethernet(ushort type, byte[] payload, params ushort[] vlans) =>
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, .. vlans.SelectMany(vlan => new byte[] { (byte)(vlan >> 8), (byte)vlan, 0, 7 }), (byte)(type >> 8), (byte)type, .. payload];

    public static byte[] IPv4(byte protocol, string source, string destination, byte[] payload, int optionWords = 0, int fragmentOffset = 0, bool moreFragments = false)
    {
        var header = new byte[20 + (optionWords * 4)];
        header[0] = (byte)(0x45 + optionWords);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)(fragmentOffset | (moreFragments ? 0x2000 : 0)));
        header[9] = protocol;
        IPAddress.Parse(source).GetAddressBytes().CopyTo(header, 12);
        IPAddress.Parse(destination).GetAddressBytes().CopyTo(header, 16);
        return [.. header, .. payload];
    }

    public static byte[] IPv6(byte next, string source, string destination, byte[] payload) =>
        [0x60, 0, 0, 0, 0, 0, next, 64, .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. payload];

    public static byte[] Ports(int source, int destination) =>
        [(byte)(source >> 8), (byte)source, (byte)(destination >> 8), (byte)destination, 0, 0, 0, 0];
}
