using Culvert.Stack;
using Culvert.Tunnel.Drivers;
using Culvert.Tunnel.Drivers.AdGuard;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Tunnel;

/// <summary>The carriers of every configured location, or the sentences that say why one cannot be used.</summary>
internal sealed record CarrierPlan(IReadOnlyList<Carrier> Carriers, IReadOnlyList<string> Problems)
{
    /// <summary>Reads the profiles of the stack's locations; only their servers are needed to be in them.</summary>
    public static CarrierPlan Of(StackDefinition stack)
    {
        var vpn = stack.Vpn;
        if (vpn.Driver == VpnDriver.AdGuard)
        {
            return new CarrierPlan([.. AdGuardExit.CarriersOf(stack.Dns)], []);
        }

        var problems = VpnLocations.Problems(vpn).ToList();
        var carriers = new List<Carrier>();
        foreach (var (_, file) in VpnLocations.Profiles(vpn))
        {
            var (some, wrong) = vpn.Driver == VpnDriver.WireGuard ? WireGuardExit.CarriersOf(file) : OpenVpnExit.CarriersOf(vpn, file);
            problems.AddRange(wrong);
            carriers.AddRange(some);
        }

        return new CarrierPlan(problems.Count == 0 ? [.. carriers.Distinct()] : [], problems);
    }
}
