using System.Text;
using System.Text.RegularExpressions;
using Culvert.Stack;
using Culvert.Tunnel.Drivers;

namespace Culvert.Fuzz.Targets;

/// <summary>
/// OpenVPN profiles: whatever the reader takes, OpenVPN finds in it only directives of the list here, one server that the
/// guard knows, and no way without encryption; and what was rendered is read as the same.
/// </summary>
internal static partial class OpenVpnTarget
{
    public static readonly FuzzTarget Target = new("ovpn", Check,
        ["\n", "\r\n", " ", "\t", "\"", "'", "\\", "#", ";", "--", "<ca>\n", "</ca>\n", "<key>\n", "</key>\n", "<connection>\n", "</connection>\n", "<up>\n", "remote 203.0.113.11 1194 udp\n", "up /bin/sh\n",
            "script-security 2\n", "plugin x.so\n", "management 127.0.0.1 7505\n", "setenv opt ", "ignore-unknown-option ", "cipher none\n", "data-ciphers AES-256-GCM:none\n", "tls-auth [inline] 1\n", "auth-user-pass\n",
            "peer-fingerprint ", "tun-mtu 1400\n", "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "\xef\xbb\xbf", "\xc2\xa0", "\xc2\x85", "\xe2\x80\xa8", "\0"]);

    private static void Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var profile = Read(text, whole: true, out var found);
        ProfileFindingsOracle.Check(text, profile is not null, found);
        var remotes = Read(text, whole: false, out found);
        ProfileFindingsOracle.Check(text, remotes is not null, found);
        if (profile is null)
        {
            return;
        }

        if (remotes is null || !remotes.Carriers.SequenceEqual(profile.Carriers) || Read(profile.RemotesOnly, whole: false, out _)?.Carriers.SequenceEqual(profile.Carriers) != true)
        {
            throw new DisagreementException("hold and the tunnel read other servers");
        }

        var again = Read(profile.SelfContained, whole: true, out found);
        if (again is null || again.SelfContained != profile.SelfContained || !again.Carriers.SequenceEqual(profile.Carriers)
            || again.NeedsLogin != profile.NeedsLogin || again.Mtu != profile.Mtu)
        {
            throw new DisagreementException($"what was rendered is read otherwise: {string.Join('\n', found)}\n{profile.SelfContained}");
        }

        foreach (var carrier in profile.Carriers)
        {
            CheckSeen(profile.For(carrier), carrier);
        }
    }

    private static OpenVpnProfile? Read(string text, bool whole, out IReadOnlyList<string> found) =>
        new OpenVpnProfileReader(ProfileFindingsOracle.Path, whole).Read(text, out found);

    private static void CheckSeen(string configuration, Carrier carrier)
    {
        if (configuration.Any(letter => letter is not ('\n' or (>= ' ' and <= '~'))))
        {
            throw new DisagreementException("a character is left that is not printable ASCII");
        }

        var seen = OpenVpnOracle.Read(configuration);
        if (seen.FirstOrDefault(directive => !(directive.Block is null ? Directive() : Block()).IsMatch(directive.Name)) is { } other)
        {
            throw new DisagreementException($"OpenVPN is told '{other.Name}'");
        }

        string[] expected = ["remote", carrier.Address!, $"{carrier.Port}", carrier.Protocol == "tcp" ? "tcp4-client" : "udp4"];
        if (seen.Where(directive => directive.Name == "remote").ToList() is not [var remote] || !remote.Words.SequenceEqual(expected))
        {
            throw new DisagreementException($"the client would not go to {carrier}");
        }

        if (seen.Any(directive => directive.Name is "auth-user-pass" or "client" && directive.Words.Length > 1))
        {
            throw new DisagreementException("a login stands in the profile");
        }

        if (seen.FirstOrDefault(directive => directive.Block is null && Clear().IsMatch(string.Join(' ', directive.Words))) is { } clear)
        {
            throw new DisagreementException($"without encryption: {string.Join(' ', clear.Words)}");
        }

        if (seen.FirstOrDefault(directive => directive.Block?.Any(line => !Material().IsMatch(line)) == true) is { } strange)
        {
            throw new DisagreementException($"<{strange.Name}> holds something else");
        }
    }

    // Read off openvpn(8): none of these runs, loads, writes or reaches anything.
    [GeneratedRegex(@"\A(client|remote|auth-user-pass|(data-)?ciphers?|data-ciphers-fallback|ncp-ciphers|auth|keysize|tls-(version-m(in|ax)|cipher|ciphersuites|groups|cert-profile)|ecdh-curve|remote-cert-(tls|ku|eku)|verify-x509-name|ns-cert-type|peer-fingerprint|verify-hash|key-direction|compress|comp-lzo|allow-compression|compat-mode|reneg-(sec|bytes|pkts)|tran-window|replay-window|tun-mtu(-max)?|link-mtu|fragment|mssfix|mtu-disc|sndbuf|rcvbuf|socket-flags|explicit-exit-notify|topology)\z")]
    private static partial Regex Directive();

    [GeneratedRegex(@"\A(ca|cert|extra-certs|crl-verify|key|tls-auth|tls-crypt|tls-crypt-v2|pkcs12|peer-fingerprint)\z")]
    private static partial Regex Block();

    [GeneratedRegex(@"\A(data-ciphers-fallback|(data-|ncp-)?ciphers?) (.*[:, ?])?none([:, ].*)?\z|\Atls-cipher(suites)? ([^!-].*:|)[^!:-]*NULL", RegexOptions.IgnoreCase)]
    private static partial Regex Clear();

    [GeneratedRegex(@"\A(-----(BEGIN|END) [A-Za-z0-9 -]{1,40}-----|[A-Za-z0-9+/=:]{1,160})\z")]
    private static partial Regex Material();
}
