using Culvert.Stack;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tunnel;

/// <summary>One server to try: a remote of a location's profile.</summary>
internal sealed record TunnelExit(string Location, Carrier Carrier, OpenVpnProfile Profile)
{
    /// <summary>ADDRESS:PORT, as reports show it.</summary>
    public string Endpoint => $"{Carrier.Address}:{Carrier.Port}";

    /// <summary>Every remote of every location in the order of culvert.yaml; or the sentences that say what cannot be used.</summary>
    public static IReadOnlyList<TunnelExit> Of(VpnSettings vpn, out IReadOnlyList<string> problems)
    {
        var exits = new List<TunnelExit>();
        var found = new List<string>();
        foreach (var location in vpn.Locations)
        {
            if (location.Profile is null)
            {
                found.Add($"vpn.locations: {location.Name} has no profile; OpenVPN needs an .ovpn file for each location");
                continue;
            }

            var profile = OpenVpnProfile.Load(location.Profile, out var inProfile);
            found.AddRange(inProfile);
            if (profile is not null)
            {
                found.AddRange(profile.MissingFrom(vpn, location.Profile.Path));
                exits.AddRange(profile.Carriers.Select(c => new TunnelExit(location.Name, c, profile)));
            }
        }

        if (vpn.Locations.IsEmpty)
        {
            found.Add("vpn.locations is empty; name at least one .ovpn file");
        }

        problems = found;
        return found.Count == 0 ? exits : [];
    }
}
