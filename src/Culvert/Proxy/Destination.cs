using System.Net;

namespace Culvert.Proxy;

/// <summary>Where a client asks to go: a name or an address, and a port. It never prints itself, so no log holds it by accident.</summary>
internal sealed record Destination
{
    private Destination(string? name, IPAddress? address, int port)
    {
        Name = name;
        Address = address;
        Port = port;
    }

    /// <summary>Lower case, without a trailing dot; null when the client gave an address in any spelling.</summary>
    public string? Name { get; }

    /// <summary>IPv4 inside IPv4-mapped IPv6 is unwrapped.</summary>
    public IPAddress? Address { get; }

    public int Port { get; }

    /// <summary>The host as it stands in a Host field: IPv6 in brackets.</summary>
    public string Host => Name ?? (Address!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Address}]" : Address.ToString());

    public static Destination Of(IPAddress address, int port) =>
        new(null, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);

    /// <summary>Reads a host in any spelling; null when it is neither a name nor an address.</summary>
    public static Destination? Parse(ReadOnlySpan<byte> host, int port)
    {
        if (HostText.ParseAddress(host, out var looksNumeric) is { } address)
        {
            return Of(address, port);
        }

        return !looksNumeric && HostText.ParseName(host) is { } name ? new Destination(name, null, port) : null;
    }

    public override string ToString() => "(destination)";
}
