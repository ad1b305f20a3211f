using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Stack.Keys;

namespace Culvert.Stack.Values;

/// <summary>IPv4 networks in CIDR notation.</summary>
internal static class NetworkText
{
    // Ranges that the kernel treats on its own terms (RFC 6890): an interface in them does not work as one.
    private static readonly (IPNetwork Range, string What)[] Special =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "belongs to \"this network\""),
        (IPNetwork.Parse("127.0.0.0/8"), "is loopback"),
        (IPNetwork.Parse("169.254.0.0/16"), "is link-local"),
        (IPNetwork.Parse("224.0.0.0/4"), "is multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "is reserved"),
    ];

    /// <summary>A network with room for its fixed addresses: prefixes from /16 to <paramref name="longest"/>.</summary>
    public static Shape<IPNetwork> Shape(int longest, string why) =>
        new TextShape<IPNetwork>("an IPv4 network", "`172.30.98.0/24`", @"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", text => Parse(text, longest, why));

    public static bool Overlap(IPNetwork a, IPNetwork b) => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress);

    private static Parsed<IPNetwork> Parse(string text, int longest, string why)
    {
        var slash = text.IndexOf('/');
        if (slash < 0
            || AddressText.Parse(text[..slash]) is not { } address
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            || prefix > 128)
        {
            return Parsed.Refused<IPNetwork>("it is not a network in CIDR notation", "write it like `172.30.98.0/24`");
        }

        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return Parsed.Refused<IPNetwork>("IPv6 is closed in the namespace", "write an IPv4 network like `172.30.98.0/24`");
        }

        if (prefix < 16 || prefix > longest)
        {
            return Parsed.Refused<IPNetwork>($"its prefix should be from /16 to /{longest}: {why}", "write it like `172.30.98.0/24`");
        }

        var network = new IPNetwork(BaseOf(address, prefix), prefix);
        if (!network.BaseAddress.Equals(address))
        {
            return Parsed.Refused<IPNetwork>("it has bits set beyond its prefix", $"write {network}");
        }

        var special = Array.Find(Special, s => s.Range.Contains(address));
        return special.What is null
            ? Parsed.Value(network)
            : Parsed.Refused<IPNetwork>($"that range {special.What}", "write a private one like `172.30.98.0/24`");
    }

    private static IPAddress BaseOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        var bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) & (uint.MaxValue << (32 - prefix));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, bits);
        return new IPAddress(bytes);
    }
}
