using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnel.Drivers;

/// <summary>Where a profile may say that its server is: what the guard can let out exactly.</summary>
internal static class ServerAddress
{
    /// <summary>Null when the host will do.</summary>
    public static string? WhyRefused(string host)
    {
        if (!IPAddress.TryParse(host, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != host))
        {
            return "the server is given by name, and resolving it before there is a tunnel would go out in clear; put its address instead"
                + " (who it must prove to be stays as it is)";
        }

        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return "the server has an IPv6 address, and the uplink carries only IPv4; put an IPv4 address of the server";
        }

        var first = address.GetAddressBytes()[0];
        return first is 0 or 127 or >= 224 ? "no server can have this address; put the server's own" : null;
    }

    /// <summary>From 1 to 65535; null for anything else.</summary>
    public static int? PortOf(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port : null;
}
