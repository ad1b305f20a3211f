using System.Net;
using Culvert.Stack;

namespace Culvert.Proxy.Pair;

/// <summary>danted.conf as a pure function. It holds no secret: Dante checks no password, so with users it lets nobody through.</summary>
internal static class DanteConfiguration
{
    public const string FileName = "danted.conf";

    private const string Everything = "0.0.0.0/0";

    public static string Of(PairSetup setup) => $"""
        # Written by `culvert proxy`: change culvert.yaml instead.
        logoutput: stderr

        # Its uid has no capability: no user to change to. No IPv6: the guard drops it, also in the tunnel.
        internal.protocol: ipv4
        external.protocol: ipv4
        internal: {setup.Socks.Address} port = {setup.Socks.Port}
        external: {External(setup)}

        clientmethod: none
        socksmethod: none
        timeout.negotiate: {Seconds(Limits.Handshake)}
        timeout.connect: {Seconds(Limits.Dial)}

        # A reasoning model may be silent for many minutes; a peer that is gone is noticed after two.
        timeout.io: 0
        {KeepAlive("internal")}
        {KeepAlive("external")}

        {Lines(setup.Clients, network => Client("pass", $"{network}"))}
        {Client("block", Everything)}

        {Rules(setup)}
        {Block(Everything)}

        """;

    private static ProxyLimits Limits { get; } = new();

    private static string External(PairSetup setup) => setup.Tunnel is null ? $"{IPAddress.Loopback} # until tun0 has an address" : Role.TunnelInterface;

    private static string Rules(PairSetup setup) => setup.Stack.Proxy.Users.IsEmpty
        ? string.Join('\n', [.. Forbidden(setup).Select(network => Block($"{network}")), .. setup.Stack.Proxy.AllowedPorts.Distinct().Select(Pass)])
        : "# proxy.users has entries, and Dante would look them up among the system's accounts: nobody is let through.";

    private static IEnumerable<IPNetwork> Forbidden(PairSetup setup) =>
        setup.Tunnel is { } own && ForbiddenRanges.NetworkOf(own.Address, own.PrefixLength) is { } link && !ForbiddenRanges.Default.Any(range => range.Contains(own.Address))
            ? [.. ForbiddenRanges.Of(setup.Stack.Network), link]
            : ForbiddenRanges.Of(setup.Stack.Network);

    private static string Client(string verdict, string network) => $$"""
        client {{verdict}} {
            from: {{network}} to: {{Everything}}
        }
        """;

    private static string Block(string network) => $$"""
        socks block {
            from: {{Everything}} to: {{network}}
            log: connect error
        }
        """;

    // CONNECT over SOCKS5 only: no BIND, no UDP, no SOCKS4.
    private static string Pass(int port) => $$"""
        socks pass {
            from: {{Everything}} to: {{Everything}} port = {{port}}
            command: connect
            protocol: tcp
            proxyprotocol: socks_v5
            log: connect disconnect error
        }
        """;

    private static string KeepAlive(string side) => $"""
        {side}.tcp.tcp_keepidle: 60
        {side}.tcp.tcp_keepintvl: 15
        {side}.tcp.tcp_keepcnt: 4
        """;

    private static int Seconds(TimeSpan time) => (int)time.TotalSeconds;

    private static string Lines<T>(IEnumerable<T> items, Func<T, string> line) => string.Join('\n', items.Select(line));
}
