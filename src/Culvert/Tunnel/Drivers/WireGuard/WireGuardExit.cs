using Culvert.Stack;

namespace Culvert.Tunnel.Drivers.WireGuard;

/// <summary>A peer of a WireGuard configuration.</summary>
internal sealed record WireGuardExit(string Location, WireGuardPeer Peer, WireGuardProfile Profile) : TunnelExit(Location, Peer.Carrier)
{
    public override ITunnelClient Start(int number, ClientSeat seat) => WireGuardClient.Start(number, this, seat, WireGuardImage.CommandOf(seat.Files));

    /// <summary>The exits of one location, and what is wrong with it.</summary>
    public static (IEnumerable<TunnelExit> Exits, IEnumerable<string> Problems) Of(VpnLocation location, SecretFile file) =>
        WireGuardProfile.Load(file, whole: true, out var problems) is { } profile
            ? (profile.Peers.Select(peer => new WireGuardExit(location.Name, peer, profile)), problems)
            : ([], problems);

    /// <summary>The carriers of one location: only its endpoints are needed.</summary>
    public static (IEnumerable<Carrier> Carriers, IEnumerable<string> Problems) CarriersOf(SecretFile file) =>
        WireGuardProfile.Load(file, whole: false, out var problems) is { } profile ? (profile.Peers.Select(peer => peer.Carrier), problems) : ([], problems);
}
