using Culvert.Stack;

namespace Culvert.Tunnel;

/// <summary>The locations of culvert.yaml as the drivers need them: each with a profile.</summary>
internal static class VpnLocations
{
    public static IEnumerable<(VpnLocation Location, SecretFile Profile)> Profiles(VpnSettings vpn) =>
        from location in vpn.Locations
        where location.Profile is not null
        select (location, location.Profile);

    public static IEnumerable<string> Problems(VpnSettings vpn) => vpn.Locations.IsEmpty
        ? ["vpn.locations is empty; name at least one profile"]
        : from location in vpn.Locations
          where location.Profile is null
          select $"vpn.locations: {location.Name} has no profile; this driver needs a file for each location";
}
