using System.Collections.Frozen;
using System.Globalization;

namespace Culvert.Tunnel.Drivers;

/// <summary>What becomes of each directive of a profile. One that is in no table is refused: it might run code or change the carrier.</summary>
internal static class OpenVpnDirectives
{
    /// <summary>Goes into the client's configuration as it is.</summary>
    public static readonly FrozenSet<string> Kept = Set("""
        cipher data-ciphers data-ciphers-fallback ncp-ciphers auth keysize
        tls-version-min tls-version-max tls-cipher tls-ciphersuites tls-groups ecdh-curve tls-cert-profile
        remote-cert-tls remote-cert-ku remote-cert-eku verify-x509-name ns-cert-type peer-fingerprint verify-hash
        key-direction compress comp-lzo allow-compression compat-mode
        reneg-sec reneg-bytes reneg-pkts tran-window replay-window
        tun-mtu tun-mtu-max link-mtu fragment mssfix mtu-disc sndbuf rcvbuf socket-flags explicit-exit-notify topology
        """);

    /// <summary>Has no effect on purpose: Culvert sets it, or routes, DNS and privileges are not the client's here.</summary>
    public static readonly FrozenSet<string> Ignored = Set("""
        client tls-client pull nobind bind lport float remote-random resolv-retry persist-key persist-tun persist-local-ip persist-remote-ip
        connect-retry connect-retry-max connect-timeout server-poll-timeout tls-timeout hand-window tls-exit remap-usr1 single-session
        ping ping-restart ping-exit ping-timer-rem keepalive inactive auth-nocache auth-retry push-peer-info
        verb mute mute-replay-warnings machine-readable-output suppress-timestamps errors-to-stderr
        user group nice mlock fast-io txqueuelen passtos shaper disable-dco disable-occ opt-verify key-method ncp-disable
        route route-ipv6 route-delay route-metric route-method route-nopull route-noexec route-gateway max-routes allow-pull-fqdn
        redirect-gateway redirect-private dhcp-option dns dhcp-renew dhcp-release register-dns block-outside-dns block-ipv6 block-local
        ifconfig-noexec ifconfig-nowarn ifconfig-ipv6 tun-ipv6 pull-filter up-delay up-restart down-pre allow-recursive-routing
        ip-win32 win-sys windows-driver service show-net-up tap-sleep route-ipv6-gateway ignore-unknown-option
        """);

    /// <summary>Taken in from a file or a block. Only these tags may be blocks.</summary>
    public static readonly FrozenSet<string> Blocks = Set("ca cert extra-certs crl-verify key tls-auth tls-crypt tls-crypt-v2 pkcs12 peer-fingerprint");

    /// <summary>Of these, the ones whose file nobody else may read.</summary>
    public static readonly FrozenSet<string> SecretBlocks = Set("key tls-auth tls-crypt tls-crypt-v2 pkcs12");

    /// <summary>Why a directive is refused and what to do about it; null when it is not in this table.</summary>
    public static string? WhyRefused(string name) => name switch
    {
        "script-security" or "up" or "down" or "route-up" or "route-pre-down" or "ipchange" or "tls-verify" or "auth-user-pass-verify"
            or "client-connect" or "client-disconnect" or "learn-address" or "client-crresponse" or "tls-crypt-v2-verify" or "tls-export-cert" =>
            "it runs a program with the tunnel's rights; delete the line, Culvert sets addresses, routes and DNS itself",
        "plugin" or "engine" or "providers" or "pkcs11-providers" or "cryptoapicert" =>
            "it loads code into the client; delete the line",
        _ when name.StartsWith("management", StringComparison.Ordinal) =>
            "it opens a way to command the client; delete the line, Culvert watches the client over a socket of its own",
        _ when name.StartsWith("pkcs11", StringComparison.Ordinal) =>
            "tokens cannot be used here; put the key into the profile or into a file",
        "log" or "log-append" or "status" or "status-version" or "writepid" or "cd" or "chroot" or "daemon" or "inetd" or "syslog" or "tmp-dir"
            or "iproute" or "config" or "replay-persist" or "dev-node" or "capath" or "setcon" =>
            "it reaches for files or programs outside the profile; delete the line",
        "setenv" or "setenv-safe" =>
            "variables are for scripts, and none run here; delete the line",
        "mark" =>
            "it marks packets, and Culvert uses no marks; delete the line",
        _ when name.StartsWith("http-proxy", StringComparison.Ordinal) || name.StartsWith("socks-proxy", StringComparison.Ordinal) =>
            "the connection would go to another address than the guard lets out; use a profile that reaches its server directly",
        "remote-random-hostname" or "proto-force" or "local" or "bind-dev" or "multihome" =>
            "it changes where the connection goes or comes from, and the guard lets out exactly what `remote` says; delete the line",
        "secret" or "mode" or "server" or "tls-server" or "server-bridge" or "ifconfig" or "dh" =>
            "only TLS clients that get their address from the server are supported; ask the provider for a client profile",
        "askpass" =>
            "nobody is there to type the key's password; decrypt the key with `openssl pkey` and keep its file private",
        "static-challenge" =>
            "nobody is there to type a one-time password; ask the provider for a profile without it",
        "auth-token" or "auth-token-user" or "http-proxy-user-pass" =>
            "it is a secret inside the profile; name the user in vpn.user and the password's file in vpn.password_file",
        _ => null,
    };

    /// <summary>Carrier that is not encrypted would be payload in clear: no cipher, or TLS without one.</summary>
    public static bool WeakensEncryption(string name, IReadOnlyList<string> arguments) => name switch
    {
        "cipher" or "data-ciphers" or "data-ciphers-fallback" or "ncp-ciphers" =>
            Items(arguments).Any(item => item.TrimStart('?').Equals("none", StringComparison.OrdinalIgnoreCase)),
        "tls-cipher" or "tls-ciphersuites" =>
            Items(arguments).Any(item => item[0] is not ('!' or '-') && item.Contains("NULL", StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    /// <summary>Null for what no IPv4 link can have (RFC 791: 68 bytes); the client refuses it then.</summary>
    public static int? MtuOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) && mtu is >= 68 and <= ushort.MaxValue ? mtu : null;

    private static IEnumerable<string> Items(IEnumerable<string> arguments) =>
        arguments.SelectMany(a => a.Split([':', ',', ' '], StringSplitOptions.RemoveEmptyEntries));

    private static FrozenSet<string> Set(string words) =>
        words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet();
}
