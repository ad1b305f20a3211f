using System.Globalization;
using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Tunnel;

/// <summary>What the kernel shows of tun0. <see cref="Index"/> is 0 when there is none.</summary>
internal sealed record LinkSnapshot(int Index, bool Running, IPAddress? Address, bool DefaultRoute, bool CarrierRouteMissing)
{
    public bool Exists => Index != 0;

    /// <summary>What has come through tun0 so far.</summary>
    public LinkTraffic Traffic { get; init; }

    /// <summary>True when a packet to anywhere would leave through tun0 with this source, into a client that holds it open.</summary>
    public bool Carries(IPAddress address) => Running && DefaultRoute && address.Equals(Address);

    /// <summary>Reads the caller's own network namespace; cheap enough to do several times a second.</summary>
    public static LinkSnapshot Take(NamespaceReport? space) =>
        Of(NetworkDevice.Find(Role.TunnelInterface), RouteTable.Parse(File.ReadLines("/proc/net/route")), space) with
        {
            Traffic = LinkTraffic.Read("/proc/net", Role.TunnelInterface),
        };

    public static LinkSnapshot Of(NetworkDevice? device, IReadOnlyList<RouteEntry> routes, NamespaceReport? space) => new(
        device?.Index ?? 0,
        device is { Up: true, Running: true },
        device?.Address,
        routes.Any(r => r.Device == Role.TunnelInterface && r.PrefixLength == 0),
        space is not null && TunnelLink.RoutedCarriers(space).Any(carrier => !IsRouted(routes, space.Uplink, carrier)));

    private static bool IsRouted(IReadOnlyList<RouteEntry> routes, InterfaceReport uplink, IPAddress carrier) =>
        routes.Any(r => r.Device == uplink.Name && r.PrefixLength == 32 && r.Destination.Equals(carrier));
}

/// <summary>One IPv4 route of the main table that leads somewhere.</summary>
internal sealed record RouteEntry(string Device, IPAddress Destination, int PrefixLength);

/// <summary><c>/proc/net/route</c>: columns Iface Destination Gateway Flags … Mask, addresses as hex of the host's byte order.</summary>
internal static class RouteTable
{
    private const int Reject = 0x0200;

    public static IReadOnlyList<RouteEntry> Parse(IEnumerable<string> lines)
    {
        var routes = new List<RouteEntry>();
        foreach (var line in lines.Skip(1))
        {
            var columns = line.Split('\t', StringSplitOptions.TrimEntries);
            if (columns.Length >= 8 && Hex(columns[1]) is { } destination && Hex(columns[7]) is { } mask && (Hex(columns[3]) & Reject) == 0)
            {
                routes.Add(new RouteEntry(columns[0], new IPAddress(BitConverter.GetBytes(destination)), (int)uint.PopCount(mask)));
            }
        }

        return routes;
    }

    private static uint? Hex(string text) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
}
