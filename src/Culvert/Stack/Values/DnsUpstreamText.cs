using System.Net;
using System.Net.Sockets;
using Culvert.Stack.Keys;

namespace Culvert.Stack.Values;

/// <summary><c>tls://ADDRESS[:PORT]#NAME</c>; an IPv6 address stands in brackets.</summary>
internal static class DnsUpstreamText
{
    private const int DotPort = 853;
    private const string Scheme = "tls://";
    private const string Example = "`tls://94.140.14.14#dns.adguard-dns.com`";

    public static readonly Shape<DnsUpstream> Shape =
        new TextShape<DnsUpstream>("a DNS-over-TLS server", Example, "^tls://[^#]+#.+$", Parse);

    private static Parsed<DnsUpstream> Parse(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return Parsed.Refused<DnsUpstream>("names are asked for only over TLS", $"write it like {Example}");
        }

        var hash = text.IndexOf('#');
        if (hash < 0)
        {
            return Parsed.Refused<DnsUpstream>("without the server's name its certificate cannot be checked", $"add #NAME without a space before it, like {Example}");
        }

        if (!DomainText.IsHostName(text[(hash + 1)..]))
        {
            return Parsed.Refused<DnsUpstream>("what follows # is not the name of a host", $"write it like {Example}");
        }

        if (EndPointOf(text[Scheme.Length..hash]) is not var (address, port))
        {
            return Parsed.Refused<DnsUpstream>("between tls:// and # there is no address: to ask for a name, a resolver would have to work already", $"write an IP address and, if it is not {DotPort}, a port, like {Example}");
        }

        return IsUnusable(address)
            ? Parsed.Refused<DnsUpstream>("that address does not lead out of the machine", "write the address of a DNS-over-TLS server behind the tunnel")
            : Parsed.Value(new DnsUpstream(address, port, text[(hash + 1)..].ToLowerInvariant()));
    }

    private static (IPAddress Address, int Port)? EndPointOf(string text)
    {
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            return end > 0 && AddressText.Parse(text[1..end]) is { AddressFamily: AddressFamily.InterNetworkV6 } v6
                ? WithPort(v6, text[(end + 1)..])
                : null;
        }

        var colon = text.IndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        return AddressText.Parse(host) is { } v4 ? WithPort(v4, text[host.Length..]) : null;
    }

    private static (IPAddress Address, int Port)? WithPort(IPAddress address, string rest) => rest switch
    {
        "" => (address, DotPort),
        [':', .. var digits] when AddressText.Port(digits) is { } port => (address, port),
        _ => null,
    };

    private static bool IsUnusable(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        || address.IsIPv6Multicast || address.IsIPv6LinkLocal || address.IsIPv4MappedToIPv6
        || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is 0 or >= 224);
}
