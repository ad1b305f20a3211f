using System.Net;
using System.Net.Sockets;

namespace Culvert.Guard;

/// <summary>IPv4 addresses and networks as a ruleset writes them.</summary>
internal static class Ipv4Text
{
    /// <summary>Dotted decimal, four parts: other spellings (127.1, octal) would be compared with what nft prints and differ.</summary>
    public static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && address.AddressFamily == AddressFamily.InterNetwork
        && address.ToString() == text;

    public static IPNetwork NetworkOf(string address, int prefixLength)
    {
        var bits = ToBits(IPAddress.Parse(address));
        var mask = prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);
        return new IPNetwork(FromBits(bits & mask), prefixLength);
    }

    /// <summary>The n-th address of a network, as text.</summary>
    public static string Host(this IPNetwork network, uint number) =>
        FromBits(ToBits(network.BaseAddress) + number).ToString();

    private static uint ToBits(IPAddress address) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static IPAddress FromBits(uint bits)
    {
        Span<byte> bytes = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, bits);
        return new IPAddress(bytes);
    }
}
