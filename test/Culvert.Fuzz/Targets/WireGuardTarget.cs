using System.Text;
using System.Text.RegularExpressions;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Fuzz.Targets;

/// <summary>WireGuard configurations: whatever is taken has keys of 32 bytes and no command, tells the client nothing else, and is read again as the same.</summary>
internal static partial class WireGuardTarget
{
    public static readonly FuzzTarget Target = new("conf", Check,
        ["\n", "\r\n", "=", " = ", "#", "[Interface]\n", "[Peer]\n", "[peer]", "PrivateKey = AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=\n", "PresharedKey = QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2A=\n", "PrivateKeyFile = a\n", "PostUp = sh\n", "FwMark = 1\n",
            "AllowedIPs = 0.0.0.0/0\n", "AllowedIPs = 0.0.0.0/1, 128.0.0.0/1\n", "Endpoint = 203.0.113.11:51820\n", "Address = 10.9.1.2/32\n", "MTU = 1400\n", "PersistentKeepalive = off\n", "65536", "\0", "\xc2\x85", "\xc4\xb0"]);

    private static void Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var profile = Read(text, whole: true, out var found);
        ProfileFindingsOracle.Check(text, profile is not null, found);
        var endpoints = Read(text, whole: false, out found);
        ProfileFindingsOracle.Check(text, endpoints is not null, found);
        if (profile is null)
        {
            return;
        }

        if (Command().IsMatch(text))
        {
            throw new DisagreementException("a file with a command is taken");
        }

        if (!SelfContained().IsMatch(profile.SelfContained) || Read(profile.SelfContained, whole: true, out _)?.SelfContained != profile.SelfContained)
        {
            throw new DisagreementException($"what was rendered is read otherwise: {profile.SelfContained}");
        }

        var carriers = profile.Peers.Select(peer => peer.Carrier).ToList();
        if (endpoints?.Peers.Select(peer => peer.Carrier).SequenceEqual(carriers) != true
            || Read(profile.EndpointsOnly, whole: false, out _)?.Peers.Select(peer => peer.Carrier).SequenceEqual(carriers) != true)
        {
            throw new DisagreementException("hold and the tunnel read other servers");
        }

        if (profile.Peers.FirstOrDefault(peer => !Message().IsMatch(WireGuardControl.SetMessage(profile.PrivateKey!, peer))) is { } strange)
        {
            throw new DisagreementException($"the client would be told {WireGuardControl.SetMessage(profile.PrivateKey!, strange)}");
        }
    }

    private static WireGuardProfile? Read(string text, bool whole, out IReadOnlyList<string> found) =>
        new WireGuardProfileReader(ProfileFindingsOracle.Path, whole).Read(text, out found);

    [GeneratedRegex(@"^[^\S\n]*((Pre|Post)(Up|Down)|FwMark)[^\S\n]*=", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Command();

    // Keys are 32 bytes: 43 digits of base64 and one of padding, or 64 of hex.
    [GeneratedRegex("""
        \A\[Interface\]\nPrivateKey[ ]=[ ][A-Za-z0-9+/]{43}=\nAddress[ ]=[ ][0-9]{1,3}(\.[0-9]{1,3}){3}/32\nMTU[ ]=[ ][0-9]{2,5}\n
        (\n\[Peer\]\nPublicKey[ ]=[ ][A-Za-z0-9+/]{43}=\n(PresharedKey[ ]=[ ][A-Za-z0-9+/]{43}=\n)?
        Endpoint[ ]=[ ][0-9]{1,3}(\.[0-9]{1,3}){3}:[0-9]{1,5}\nAllowedIPs[ ]=[ ]0\.0\.0\.0/0\nPersistentKeepalive[ ]=[ ][0-9]{1,5}\n){1,64}\z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex SelfContained();

    [GeneratedRegex("""
        \Aset=1\nprivate_key=(?!0{64})[0-9a-f]{64}\nreplace_peers=true\npublic_key=(?!0{64})[0-9a-f]{64}\n(preshared_key=(?!0{64})[0-9a-f]{64}\n)?
        endpoint=[0-9]{1,3}(\.[0-9]{1,3}){3}:[0-9]{1,5}\npersistent_keepalive_interval=[0-9]{1,5}\nreplace_allowed_ips=true\nallowed_ip=0\.0\.0\.0/0\n\n\z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Message();
}
