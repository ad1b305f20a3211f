using System.Net;

namespace Culvert.Tunnel;

/// <summary>What the machine wants done, in the order given. The supervisor carries it out.</summary>
internal abstract record TunnelEffect
{
    /// <summary>tun0 down: its routes vanish and dials fail at once instead of hanging.</summary>
    internal sealed record TakeLinkDown : TunnelEffect;

    /// <summary>tun0 exists and belongs to the role. A failure ends client <see cref="Client"/> before it starts.</summary>
    internal sealed record PrepareLink(int Client) : TunnelEffect;

    /// <summary>Exactly this address on tun0, up, and the default route through it.</summary>
    internal sealed record BringLinkUp(int Client, IPAddress Address, int Mtu) : TunnelEffect;

    /// <summary>The carrier's host routes by way of the uplink.</summary>
    internal sealed record RestoreCarrierRoutes : TunnelEffect;

    internal sealed record StartClient(int Client, int Exit) : TunnelEffect;

    internal sealed record StopClient(int Client) : TunnelEffect;

    /// <summary>See whether anything answers through tun0 and, when wanted, whether the providers serve the exit. Told as <see cref="TunnelEvent.Probed"/>.</summary>
    internal sealed record Probe(int Client, bool AskProviders) : TunnelEffect;
}
