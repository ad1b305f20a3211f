using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>A remote of an .ovpn profile.</summary>
internal sealed record OpenVpnExit(string Location, Carrier Carrier, OpenVpnProfile Profile, VpnSettings Vpn) : TunnelExit(Location, Carrier)
{
    public override ITunnelClient Start(int number, ClientSeat seat) => OpenVpnClient.Start(number, this, Login.Of(Vpn), seat);

    /// <summary>The exits of one location, and what is wrong with it.</summary>
    public static (IEnumerable<TunnelExit> Exits, IEnumerable<string> Problems) Of(VpnSettings vpn, VpnLocation location, SecretFile file)
    {
        if (OpenVpnProfile.Load(file, out var problems) is not { } profile)
        {
            return ([], problems);
        }

        return (profile.Carriers.Select(carrier => new OpenVpnExit(location.Name, carrier, profile, vpn)), profile.MissingFrom(vpn, file.Path));
    }

    /// <summary>The carriers of one location: only its remotes are needed.</summary>
    public static (IEnumerable<Carrier> Carriers, IEnumerable<string> Problems) CarriersOf(VpnSettings vpn, SecretFile file) =>
        OpenVpnProfile.LoadRemotes(file, out var problems) is { } profile ? (profile.Carriers, profile.MissingFrom(vpn, file.Path)) : ([], problems);
}
