using System.Collections.Immutable;
using System.Net;

namespace Culvert.Stack;

/// <summary>
/// IPv4 ranges that are not the public internet (RFC 6890 and successors). The documentation ranges are not among them:
/// nothing answers there, so they lead nowhere, and a lab can stand on them.
/// </summary>
internal static class ForbiddenRanges
{
    public static readonly ImmutableArray<IPNetwork> Default =
    [
        IPNetwork.Parse("0.0.0.0/8"), // "this host": Linux connects 0.0.0.0 to itself
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"), // carrier-grade NAT; also a cloud's metadata at 100.100.100.200
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("168.63.129.16/32"), // Azure's host agent, on every virtual machine there
        IPNetwork.Parse("169.254.0.0/16"), // link-local and metadata
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments; also a cloud's metadata at 192.0.0.192
        IPNetwork.Parse("192.88.99.0/24"), // 6to4 relays
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"), // benchmarking
        IPNetwork.Parse("224.0.0.0/4"), // multicast
        IPNetwork.Parse("240.0.0.0/4"), // reserved and broadcast
    ];

    /// <summary>With the stack's own networks, where the ranges do not hold them already.</summary>
    public static IEnumerable<IPNetwork> Of(NetworkSettings network) =>
    [
        .. Default,
        .. new[] { network.Uplink, network.VpnNet }.Where(own => !Default.Any(range => range.PrefixLength <= own.PrefixLength && range.Contains(own.BaseAddress))),
    ];

    /// <summary>The network in which an interface's IPv4 address lies.</summary>
    public static IPNetwork NetworkOf(IPAddress address, int prefixLength)
    {
        var octets = address.GetAddressBytes();
        for (var bit = prefixLength; bit < octets.Length * 8; bit++)
        {
            octets[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(octets), prefixLength);
    }
}
