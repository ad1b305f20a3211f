using System.Net.Sockets;
using Culvert.Stack;

namespace Culvert.Resolver;

/// <summary>unbound.conf as a pure function of the upstreams, the CA bundle and the directory that unbound may use.</summary>
internal static class UnboundConfiguration
{
    public const string FileName = "unbound.conf";

    public static string Of(DnsSettings dns, string caBundle, string directory) => $"""
        # Written by `culvert resolver`: change culvert.yaml instead.
        server:
            interface: 127.0.0.1@53
            access-control: 127.0.0.0/8 allow
            do-ip6: no                      # the guard drops IPv6, also in the tunnel

            # The role is its own uid without capabilities already: nothing to change to, nothing to write.
            directory: "{directory}"
            username: ""
            chroot: ""
            pidfile: ""
            do-daemonize: no

            # To stderr, and never the names that were asked for.
            use-syslog: no
            logfile: ""
            verbosity: 1
            log-queries: no
            log-replies: no
            log-servfail: no
            val-log-level: 0

            # The upstream proves its name; it validates DNSSEC. A validator here would need the root's key kept current
            # in a writable file and a clock that is right before the first answer, and would refuse private zones.
            module-config: "iterator"
            tls-cert-bundle: "{caBundle}"

            # Answers come over TCP only. An attempt has time for a TCP and TLS handshake and the answer over a slow exit
            # (four round trips of 600 ms), and a dead upstream is a SERVFAIL within the 5 s that glibc waits. A live one
            # must be found again within ten: no long memory of failures, one attempt after another, not a growing pause.
            tcp-upstream: yes
            tcp-auth-query-timeout: 2400
            outbound-msg-retry: 2
            infra-host-ttl: 5
            infra-keep-probing: yes
            infra-cache-max-rtt: 1000
            outgoing-num-tcp: 32
            incoming-num-tcp: 128
            tcp-idle-timeout: 10000

            # An expired answer bridges a hiccup of the tunnel; older than five minutes it is not given.
            serve-expired: yes
            serve-expired-ttl: 300
            serve-expired-reply-ttl: 5
            serve-expired-client-timeout: 1000
            prefetch: yes

            # A public name has no private address: DNS rebinding.
        {Lines(PrivateNetworks, network => $"    private-address: {network}")}

            qname-minimisation: yes
            minimal-responses: yes
            deny-any: yes
            hide-identity: yes
            hide-version: yes
            hide-trustanchor: yes
            edns-buffer-size: 1232

            num-threads: 1
            msg-cache-size: 2m
            rrset-cache-size: 4m
            key-cache-size: 100k
            neg-cache-size: 100k
            infra-cache-numhosts: 100

        remote-control:
            control-enable: no

        forward-zone:
            name: "."
            forward-first: no               # no fallback: the upstreams, or SERVFAIL
            forward-tls-upstream: yes
        {Lines(Usable(dns), u => $"    forward-addr: {u.Address}@{u.Port}#{u.ServerName}")}

        """;

    /// <summary>The upstreams that the tunnel can reach. None is a problem for the caller to name.</summary>
    public static IEnumerable<DnsUpstream> Usable(DnsSettings dns) =>
        dns.Upstreams.Where(u => u.Address.AddressFamily == AddressFamily.InterNetwork);

    private static readonly string[] PrivateNetworks =
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "::1/128", "::ffff:0:0/96", "fc00::/7", "fe80::/10",
    ];

    private static string Lines<T>(IEnumerable<T> items, Func<T, string> line) => string.Join('\n', items.Select(line));
}
