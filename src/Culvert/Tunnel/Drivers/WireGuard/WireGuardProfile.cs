using System.Net;
using System.Text;
using Culvert.Stack;

namespace Culvert.Tunnel.Drivers.WireGuard;

/// <summary>One server. <see cref="PublicKey"/> is null only where nothing but endpoints was read.</summary>
internal sealed record WireGuardPeer(Carrier Carrier, WireGuardKey? PublicKey, WireGuardKey? PresharedKey, int Keepalive);

/// <summary>A checked <c>.conf</c> file, the keys that it names in separate files taken in.</summary>
internal sealed record WireGuardProfile(WireGuardKey? PrivateKey, IPAddress? Address, int Mtu, IReadOnlyList<WireGuardPeer> Peers)
{
    /// <summary>What wg-quick takes where the path's MTU is 1500: 40 bytes of IPv6, 8 of UDP and 32 of WireGuard less.</summary>
    public const int DefaultMtu = 1420;

    /// <summary>Keeps a NAT's mapping open, as WireGuard's own documentation has it.</summary>
    public const int DefaultKeepalive = 25;

    /// <summary>The whole of it as one file, for the tunnel role.</summary>
    public string SelfContained
    {
        get
        {
            var text = new StringBuilder($"[Interface]\nPrivateKey = {PrivateKey!.RevealBase64()}\nAddress = {Address}/32\nMTU = {Mtu}\n");
            foreach (var peer in Peers)
            {
                text.Append($"\n[Peer]\nPublicKey = {peer.PublicKey!.RevealBase64()}\n");
                text.Append(peer.PresharedKey is { } shared ? $"PresharedKey = {shared.RevealBase64()}\n" : "");
                text.Append($"Endpoint = {peer.Carrier.Address}:{peer.Carrier.Port}\nAllowedIPs = 0.0.0.0/0\nPersistentKeepalive = {peer.Keepalive}\n");
            }

            return text.ToString();
        }
    }

    /// <summary>Without the keys that a record would print.</summary>
    public override string ToString() => $"a WireGuard configuration of {Peers.Count} peers";

    /// <summary>Only the endpoints, for hold: no key in it.</summary>
    public string EndpointsOnly => string.Concat(Peers.Select(peer => $"[Peer]\nEndpoint = {peer.Carrier.Address}:{peer.Carrier.Port}\n"));

    /// <summary>Reads and checks a file; what it refuses is named by line in <paramref name="problems"/> and the result is null.</summary>
    public static WireGuardProfile? Load(SecretFile file, bool whole, out IReadOnlyList<string> problems)
    {
        if (OpenVpnFiles.Read(file.Path, out var problem) is not { } content)
        {
            problems = [$"{file.Path}: {problem}"];
            return null;
        }

        return new WireGuardProfileReader(file.Path, whole).Read(Encoding.UTF8.GetString(content), out problems);
    }
}
