using System.Net.Sockets;
using Culvert.Stack;

namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>A location of AdGuard VPN, by city, country or ISO code. Which server that is, the client decides.</summary>
internal sealed record AdGuardExit(string Location, AdGuardService Service) : TunnelExit(Location, AnyServer)
{
    /// <summary>Where culvert.yaml names no location.</summary>
    public const string Fastest = "the fastest location";

    private static readonly Carrier AnyServer = new("tcp", null, 443) { Bound = true };

    public override bool MakesLink => true;

    public override ITunnelClient Start(int number, ClientSeat seat) => new AdGuardClient(number, this, seat);

    public static IReadOnlyList<TunnelExit> Of(StackDefinition stack, TimeProvider time)
    {
        IReadOnlyList<string> names = stack.Vpn.Locations.IsEmpty ? [Fastest] : [.. stack.Vpn.Locations.Select(location => location.Name)];
        var service = new AdGuardService(new AdGuardCli(AdGuardCli.Program, StateDirectory.For(stack.Name).AdGuard, time), names);
        return [.. names.Select(name => new AdGuardExit(name, service))];
    }

    /// <summary>The client's own connections, and the names that it needs before there is a tunnel, asked of the upstreams over TLS.</summary>
    public static IEnumerable<Carrier> CarriersOf(DnsSettings dns) =>
    [
        AnyServer,
        .. from upstream in dns.Upstreams
           where upstream.Address.AddressFamily == AddressFamily.InterNetwork
           select new Carrier("tcp", $"{upstream.Address}", upstream.Port) { Bound = true },
    ];
}
