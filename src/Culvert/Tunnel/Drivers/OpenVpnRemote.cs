using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>A <c>remote</c> as it was written; port and protocol may come from <c>port</c> and <c>proto</c> anywhere in the file.</summary>
internal sealed record OpenVpnRemote(string Host, int? Port, string? Protocol)
{
    public const int DefaultPort = 1194;

    /// <summary>Null with the reason when the guard could not let it out exactly.</summary>
    public static string? WhyRefused(string host)
    {
        if (!IPAddress.TryParse(host, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != host))
        {
            return "the server is given by name, and resolving it before there is a tunnel would go out in clear; put its address instead"
                + " (`verify-x509-name` checks the certificate as before)";
        }

        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return "the server has an IPv6 address, and the uplink carries only IPv4; put an IPv4 address of the server";
        }

        var first = address.GetAddressBytes()[0];
        return first is 0 or 127 or >= 224 ? "no server can have this address; put the server's own" : null;
    }

    /// <summary>tcp or udp; null for what is neither or is bound to IPv6.</summary>
    public static string? ProtocolOf(string word) => word switch
    {
        "udp" or "udp4" => "udp",
        "tcp" or "tcp4" or "tcp-client" or "tcp4-client" => "tcp",
        _ => null,
    };

    public static int? PortOf(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port : null;

    public Carrier Resolve(string? protocol, int? port) => new(Protocol ?? protocol ?? "udp", Host, Port ?? port ?? DefaultPort);
}
