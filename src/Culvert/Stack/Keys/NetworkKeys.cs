using System.Net;
using Culvert.Stack.Values;

namespace Culvert.Stack.Keys;

/// <summary>The section <c>network</c>.</summary>
internal static class NetworkKeys
{
    public static readonly Key<IPNetwork> Uplink = new(
        "uplink",
        NetworkText.Shape(25, "the namespace has the address .100 in it and slirp4netns takes no longer one"),
        "172.30.97.0/24",
        "The network between the namespace and the host, for the carrier alone. Choose one that is in use nowhere near you.");

    public static readonly Key<IPNetwork> VpnNet = new(
        "vpn_net",
        NetworkText.Shape(29, "a longer one has no room for applications"),
        "172.30.98.0/24",
        "The network on which applications find the proxies. Addresses in it are reachable nowhere else, so choose one that is in use nowhere near you.");

    public static readonly SectionShape<NetworkSettings> Section = new([Uplink, VpnNet], Build);

    private static NetworkSettings Build(SectionValues values)
    {
        var (uplink, vpnNet) = (values.Get(Uplink), values.Get(VpnNet));
        if (NetworkText.Overlap(uplink, vpnNet))
        {
            var second = values.IsWritten(VpnNet) ? VpnNet : Uplink;
            values.Place.Refuse(values.NodeOf(second), $"network.uplink ({uplink}) and network.vpn_net ({vpnNet}) overlap", "a packet must belong to one of them", "choose another for one of them");
        }

        return new NetworkSettings(uplink, vpnNet);
    }
}
