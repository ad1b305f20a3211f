using System.Net;
using System.Net.Sockets;

namespace Culvert.Proxy.Policy;

/// <summary>IPv4 addresses that an IPv6 address carries inside: a translator on the way would unwrap them.</summary>
internal static class EmbeddedIPv4
{
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Null where nothing is embedded.</summary>
    public static IPAddress? Of(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out _);
        if (address.IsIPv4MappedToIPv6 || Nat64.Contains(address) || IsIsatap(octets))
        {
            return new IPAddress(octets[12..]);
        }

        return SixToFour.Contains(address) ? new IPAddress(octets[2..6]) : null;
    }

    // RFC 5214: the interface identifier is 0000:5efe or 0200:5efe followed by the IPv4 address.
    private static bool IsIsatap(ReadOnlySpan<byte> octets) =>
        (octets[8] & 0xfd) == 0 && octets[9] == 0 && octets[10] == 0x5e && octets[11] == 0xfe;
}
