using System.Collections.Immutable;
using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Proxy.Policy;

/// <summary>
/// The networks that this namespace stands on: those of the configuration, and every interface's addresses with the
/// neighbours on their links. Read again after a second, because a reconnect changes the tunnel's address.
/// </summary>
internal sealed class OwnNetworks(NetworkSettings network, Func<ImmutableArray<InterfaceAddress>> read, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    // A link this wide is a route to the internet and not a neighbourhood; then only the address itself is ours.
    private const int WidestLink = 8;

    private readonly Lock _lock = new();
    private ImmutableArray<IPNetwork> _networks;
    private long _readAt;

    public ImmutableArray<IPNetwork> Current()
    {
        lock (_lock)
        {
            if (_networks.IsDefault || time.GetElapsedTime(_readAt) > Freshness)
            {
                _networks = [network.Uplink, network.VpnNet, .. read().Select(Network)];
                _readAt = time.GetTimestamp();
            }

            return _networks;
        }
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
}
