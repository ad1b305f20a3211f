using Culvert.Stack;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tunnel;

/// <summary>The carriers of every configured location, or the sentences that say why one cannot be used.</summary>
internal sealed record CarrierPlan(IReadOnlyList<Carrier> Carriers, IReadOnlyList<string> Problems)
{
    /// <summary>Reads the profiles of the stack's locations; only their remotes are needed to be in them.</summary>
    public static CarrierPlan Of(StackDefinition stack)
    {
        if (UnsupportedDriver(stack.Vpn.Driver) is { } sentence)
        {
            return new CarrierPlan([], [sentence]);
        }

        var problems = new List<string>();
        var carriers = new List<Carrier>();
        foreach (var location in stack.Vpn.Locations)
        {
            if (location.Profile is null)
            {
                problems.Add($"vpn.locations: {location.Name} has no profile; OpenVPN needs an .ovpn file for each location");
                continue;
            }

            var profile = OpenVpnProfile.LoadRemotes(location.Profile, out var inProfile);
            problems.AddRange(inProfile);
            if (profile is not null)
            {
                problems.AddRange(profile.MissingFrom(stack.Vpn, location.Profile.Path));
                carriers.AddRange(profile.Carriers);
            }
        }

        if (stack.Vpn.Locations.IsEmpty)
        {
            problems.Add("vpn.locations is empty; name at least one .ovpn file");
        }

        return new CarrierPlan(problems.Count == 0 ? [.. carriers.Distinct()] : [], problems);
    }

    /// <summary>Null when this build can run the driver.</summary>
    public static string? UnsupportedDriver(VpnDriver driver) => driver == VpnDriver.OpenVpn
        ? null
        : $"vpn.driver: this build has no {driver.ToString().ToLowerInvariant()} driver yet; use `driver: openvpn` with .ovpn files in vpn.locations";
}
