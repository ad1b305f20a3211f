using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>
/// The client's command line. The profile comes on stdin, so no key is written twice; what stands after it wins. One process
/// is one attempt: whatever would make the client start over (SIGUSR1) ends it instead, and the machine decides what is next.
/// </summary>
internal static class OpenVpnArguments
{
    /// <summary>
    /// The role's NET_ADMIN ends here: an empty ambient and inheritable set leaves the client, whose uid is not 0, without any.
    /// </summary>
    public static readonly ImmutableArray<string> WithoutCapabilities = ["--ambient-caps=-all", "--inh-caps=-all", "--no-new-privs"];

    /// <summary>The only pushed options that the client may look at; the first filter that matches decides.</summary>
    private static readonly ImmutableArray<string> Accepted =
    [
        "ifconfig ", "topology ", "tun-mtu ", "peer-id ", "cipher ", "protocol-flags ", "key-derivation ", "auth-token ", "auth-token-user ",
        "compress", "comp-lzo", "ping ", "ping-restart ", "explicit-exit-notify",
    ];

    public static IReadOnlyList<string> Of(string managementSocket) =>
    [
        "--config", "stdin",
        "--dev", Role.TunnelInterface, "--dev-type", "tun", "--disable-dco", "--persist-tun", "--persist-key",
        "--ifconfig-noexec", "--route-noexec", "--route-nopull", "--script-security", "0",
        .. Accepted.SelectMany(IEnumerable<string> (option) => ["--pull-filter", "accept", option]),
        "--pull-filter", "ignore", "",
        "--nobind", "--resolv-retry", "0", "--connect-retry-max", "1", "--connect-timeout", "30", "--tls-timeout", "1",
        "--remap-usr1", "SIGTERM", "--auth-retry", "none", "--auth-nocache",
        "--ping", "5", "--ping-restart", "60",
        "--management", managementSocket, "unix", "--management-client", "--management-hold", "--management-query-passwords",
        "--verb", "3",
    ];
}
