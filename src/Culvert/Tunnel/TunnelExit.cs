using Culvert.Stack;
using Culvert.Tunnel.Drivers;
using Culvert.Tunnel.Drivers.AdGuard;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Tunnel;

/// <summary>One server to try. Each driver has its own kind, which knows how to start a client for it.</summary>
internal abstract record TunnelExit(string Location, Carrier Carrier)
{
    /// <summary>ADDRESS:PORT, as reports show it.</summary>
    public string Endpoint => $"{Carrier.Address ?? "any"}:{Carrier.Port}";

    /// <summary>The client makes tun0 itself, and takes it away with its end.</summary>
    public virtual bool MakesLink => false;

    /// <summary>Throws what starting a process and opening a socket throw.</summary>
    public abstract ITunnelClient Start(int number, ClientSeat seat);

    /// <summary>What a stack can try, whatever its driver.</summary>
    public static IReadOnlyList<TunnelExit> Of(StackDefinition stack, TimeProvider time, out IReadOnlyList<string> problems)
    {
        if (stack.Vpn.Driver != VpnDriver.AdGuard)
        {
            return Of(stack.Vpn, out problems);
        }

        problems = [];
        return AdGuardExit.Of(stack, time);
    }

    /// <summary>Every server of every location in the order of culvert.yaml; or the sentences that say what cannot be used.</summary>
    public static IReadOnlyList<TunnelExit> Of(VpnSettings vpn, out IReadOnlyList<string> problems)
    {
        var exits = new List<TunnelExit>();
        var found = VpnLocations.Problems(vpn).ToList();
        foreach (var (location, file) in VpnLocations.Profiles(vpn))
        {
            var (some, wrong) = vpn.Driver == VpnDriver.WireGuard ? WireGuardExit.Of(location, file) : OpenVpnExit.Of(vpn, location, file);
            found.AddRange(wrong);
            exits.AddRange(some);
        }

        problems = found;
        return found.Count == 0 ? exits : [];
    }
}
