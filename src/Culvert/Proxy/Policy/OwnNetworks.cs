using System.Collections.Immutable;
using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Proxy.Policy;

/// <summary>
/// The networks that this namespace stands on: those of the configuration, and every interface's addresses with the
/// neighbours on their links.
/// </summary>
internal sealed class OwnNetworks(NetworkSettings network, NamespaceAddresses addresses)
{
    // A link this wide is a route to the internet and not a neighbourhood; then only the address itself is ours.
    private const int WidestLink = 8;

    private volatile Known _known = new(default, []);

    public ImmutableArray<IPNetwork> Current()
    {
        var current = addresses.Current();
        var known = _known;
        if (known.Addresses != current)
        {
            _known = known = new Known(current, [network.Uplink, network.VpnNet, .. current.Select(Network)]);
        }

        return known.Networks;
    }

    private static IPNetwork Network(InterfaceAddress own)
    {
        var octets = own.Address.GetAddressBytes();
        var prefix = own.PrefixLength >= WidestLink ? own.PrefixLength : octets.Length * 8;
        for (var bit = prefix; bit < octets.Length * 8; bit++)
        {
            octets[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(octets), prefix);
    }

    private sealed record Known(ImmutableArray<InterfaceAddress> Addresses, ImmutableArray<IPNetwork> Networks);
}
