using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Tunnel;

/// <summary>Changes tun0 and the carrier's routes with <c>ip</c>, which inherits NET_ADMIN from the role's ambient set.</summary>
internal static class TunnelLink
{
    private const string Device = Role.TunnelInterface;

    /// <summary>Below the unreachable default that hold sets, above anything a person adds without a metric.</summary>
    private const int DefaultMetric = 50;

    /// <summary>Down drops every route through tun0 and keeps its address, so that streams survive a reconnect to the same one.</summary>
    public static async Task TakeDownAsync(CancellationToken cancellationToken)
    {
        if (NetworkDevice.Find(Device) is { Up: true })
        {
            await Subprocess.RequireAsync("ip", ["link", "set", "dev", Device, "down"], cancellationToken);
        }
    }

    /// <summary>Makes a persistent tun0 where hold's was deleted; the client opens it by its owner's uid, which is ours, without a capability.</summary>
    public static async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (NetworkDevice.Find(Device) is null)
        {
            await Subprocess.RequireAsync("ip", ["tuntap", "add", "dev", Device, "mode", "tun", "user", $"{UserIdentity.EffectiveUid()}", "group", $"{Role.Tunnel.Uid}"], cancellationToken);
        }
    }

    /// <summary>For a client that makes a device of its own and takes the first free name: that has to be this one.</summary>
    public static async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (NetworkDevice.Find(Device) is not null)
        {
            await Subprocess.RequireAsync("ip", ["link", "del", "dev", Device], cancellationToken);
        }
    }

    /// <summary>A /32 suffices: every destination, the server's end of the tunnel included, goes by the default route.</summary>
    public static async Task BringUpAsync(IPAddress address, int mtu, CancellationToken cancellationToken)
    {
        var current = await Subprocess.RequireAsync("ip", ["-json", "-4", "addr", "show", "dev", Device], cancellationToken);
        var batch = Addresses(current)
            .Where(a => a != $"{address}/32")
            .Select(a => $"addr del {a} dev {Device}")
            .Append($"addr replace {address}/32 dev {Device}")
            .Append($"link set dev {Device} up mtu {mtu}")
            .Append($"route replace default dev {Device} metric {DefaultMetric}");
        await Subprocess.RequireAsync("ip", ["-batch", "-"], cancellationToken, input: string.Join('\n', batch) + "\n");
    }

    public static async Task RestoreCarrierRoutesAsync(NamespaceReport space, CancellationToken cancellationToken)
    {
        var gateway = space.Uplink.Gateway is { } via ? $"via {via} " : "";
        var batch = RoutedCarriers(space).Select(a => $"route replace {a}/32 {gateway}dev {space.Uplink.Name}");
        await Subprocess.RequireAsync("ip", ["-batch", "-"], cancellationToken, input: string.Join('\n', batch) + "\n");
    }

    /// <summary>The carrier's addresses that need a route: those on the uplink's own network are reached without, and not by its gateway.</summary>
    internal static IReadOnlyList<IPAddress> RoutedCarriers(NamespaceReport space)
    {
        var network = NetworkOf(IPAddress.Parse(space.Uplink.Address), space.Uplink.PrefixLength);
        return [.. space.Carriers.Where(c => !c.Bound).Select(c => c.Address).OfType<string>().Distinct().Select(IPAddress.Parse).Where(a => !network.Contains(a))];
    }

    private static IPNetwork NetworkOf(IPAddress address, int prefixLength)
    {
        var bits = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) & (prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength));
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, bits);
        return new IPNetwork(new IPAddress(bytes), prefixLength);
    }

    /// <summary>Every IPv4 address with its prefix in the output of <c>ip -json addr show dev</c>.</summary>
    internal static IReadOnlyList<string> Addresses(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateArray()
                .Where(link => link.TryGetProperty("addr_info", out _))
                .SelectMany(link => link.GetProperty("addr_info").EnumerateArray())
                .Select(a => $"{a.GetProperty("local").GetString()}/{a.GetProperty("prefixlen").GetInt32()}"),
        ];
    }
}
