using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Proxy.Policy;

/// <summary>Which addresses may be dialled at all. Pure but for <paramref name="own"/>, the networks of this namespace now.</summary>
internal sealed class AddressPolicy(ImmutableArray<IPNetwork> forbidden, Func<ImmutableArray<IPNetwork>> own)
{
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    // Teredo, ORCHID and the other protocol assignments: none is a place where a provider answers.
    private static readonly IPNetwork ProtocolAssignments = IPNetwork.Parse("2001::/23");

    public bool Allows(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return Allows(address.MapToIPv4());
        }

        if (IsWithin(own(), address))
        {
            return false;
        }

        return address.AddressFamily == AddressFamily.InterNetwork
            ? !IsWithin(forbidden, address)
            : AllowsIPv6(address);
    }

    private bool AllowsIPv6(IPAddress address)
    {
        if (EmbeddedIPv4.Of(address) is { } inner && !Allows(inner))
        {
            return false;
        }

        return (GlobalUnicast.Contains(address) && !ProtocolAssignments.Contains(address)) || Nat64.Contains(address);
    }

    private static bool IsWithin(ImmutableArray<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
