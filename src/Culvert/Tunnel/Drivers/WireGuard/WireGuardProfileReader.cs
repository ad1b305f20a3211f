using System.Globalization;
using System.Net;
using System.Text;
using Culvert.Stack;

namespace Culvert.Tunnel.Drivers.WireGuard;

/// <summary>
/// Reads one <c>.conf</c> as wg(8) and wg-quick(8) write it, and collects every problem. Commands are refused: wg-quick would
/// run them. Keys may be in files (<c>PrivateKeyFile</c>, <c>PresharedKeyFile</c>), beside the profile.
/// </summary>
internal sealed class WireGuardProfileReader(string path, bool whole)
{
    private const int MostPeers = 64;
    private const string NotAKey = "it is not a WireGuard key: 32 bytes in base64, 44 characters; copy it again";

    private readonly ProfileFindings findings = new(path);
    private readonly List<PeerText> peers = [];
    private WireGuardKey? privateKey;
    private IPAddress? address;
    private int mtu = WireGuardProfile.DefaultMtu;
    private bool inPeer;

    /// <summary>Null when there is any problem.</summary>
    public WireGuardProfile? Read(string text, out IReadOnlyList<string> found)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Split('#', 2)[0].Trim();
            if (line.Length > 0)
            {
                ReadLine(i + 1, line);
            }
        }

        CheckWhole();
        found = findings.Sentences;
        return findings.None ? new WireGuardProfile(privateKey, address, mtu, [.. peers.Select(peer => peer.ToPeer())]) : null;
    }

    private void ReadLine(int number, string line)
    {
        if (line.StartsWith('['))
        {
            ReadSection(number, line.ToLowerInvariant());
            return;
        }

        if (line.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value])
        {
            findings.Refuse(number, "line", "it is not `Key = value`; correct it");
        }
        else if (inPeer)
        {
            ReadPeer(number, name.ToLowerInvariant(), value, peers[^1]);
        }
        else
        {
            ReadInterface(number, name.ToLowerInvariant(), value);
        }
    }

    private void ReadSection(int number, string section)
    {
        inPeer = section == "[peer]";
        if (inPeer && peers.Count < MostPeers)
        {
            peers.Add(new PeerText(number));
        }
        else if (inPeer)
        {
            findings.Refuse(number, "peer", $"these are more than {MostPeers} peers; keep those that are near");
        }
        else if (section != "[interface]")
        {
            findings.Refuse(number, "section", "it is neither [Interface] nor [Peer]; delete it");
        }
    }

    private void ReadInterface(int number, string name, string value)
    {
        switch (name)
        {
            case "privatekey":
                privateKey = Key(number, name, value);
                break;
            case "privatekeyfile":
                privateKey = KeyFile(number, name, value);
                break;
            case "address":
                ReadAddress(number, value);
                break;
            case "mtu":
                mtu = OpenVpnDirectives.MtuOf(value) ?? RefuseNumber(number, name);
                break;
            case "dns" or "listenport" or "table" or "saveconfig":
                // Culvert has its own resolver, routes and files; the port is the kernel's choice.
                break;
            default:
                findings.Refuse(number, name, WhyRefused(name));
                break;
        }
    }

    private void ReadPeer(int number, string name, string value, PeerText peer)
    {
        switch (name)
        {
            case "publickey":
                peer.PublicKey = Key(number, name, value);
                break;
            case "presharedkey":
                peer.PresharedKey = Key(number, name, value);
                break;
            case "presharedkeyfile":
                peer.PresharedKey = KeyFile(number, name, value);
                break;
            case "endpoint":
                peer.Endpoint = ReadEndpoint(number, value);
                break;
            case "allowedips":
                peer.Allowed.AddRange(value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
                break;
            case "persistentkeepalive":
                peer.Keepalive = value == "off" ? 0 : Number(value) ?? RefuseNumber(number, name);
                break;
            default:
                findings.Refuse(number, name, WhyRefused(name));
                break;
        }
    }

    private static string WhyRefused(string name) => name switch
    {
        "preup" or "postup" or "predown" or "postdown" => "it runs a program with the tunnel's rights; delete the line, Culvert sets addresses, routes and DNS itself",
        "fwmark" => "it marks packets, and Culvert uses no marks; delete the line",
        "endpoint" or "publickey" or "allowedips" => "it belongs under [Peer]; move it there",
        "privatekey" or "address" => "it belongs under [Interface]; move it there",
        _ => "no such key is known; delete the line",
    };

    // Of several addresses the first that is IPv4: IPv6 has no way out of the namespace.
    private void ReadAddress(int number, string value)
    {
        var parts = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var usable = parts.Select(part => TunnelAddress.Parse(part.Split('/')[0])).FirstOrDefault(parsed => parsed is not null);
        address ??= usable;
        if (usable is null && !parts.Any(part => part.Contains(':', StringComparison.Ordinal)))
        {
            findings.Refuse(number, "address", "it is no host's IPv4 address; correct it");
        }
    }

    private Carrier? ReadEndpoint(int number, string value)
    {
        var colon = value.LastIndexOf(':');
        var host = colon < 0 ? value : value[..colon].Trim('[', ']');
        if (ServerAddress.WhyRefused(host) is { } why)
        {
            findings.Refuse(number, "endpoint", why);
            return null;
        }

        if (colon < 0 || ServerAddress.PortOf(value[(colon + 1)..]) is not { } port)
        {
            findings.Refuse(number, "endpoint", "it should read `ADDRESS:PORT`; correct it");
            return null;
        }

        return new Carrier("udp", host, port);
    }

    private WireGuardKey? Key(int number, string name, string value)
    {
        var key = WireGuardKey.Parse(value);
        if (key is null)
        {
            findings.Refuse(number, name, NotAKey);
        }

        return key;
    }

    private WireGuardKey? KeyFile(int number, string name, string value)
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, value.Replace("\0", "", StringComparison.Ordinal));
        if (OpenVpnFiles.Read(file, out var problem) is not { } content)
        {
            findings.Refuse(number, name, $"its file: {problem}");
            return null;
        }

        if (OpenVpnFiles.OthersMayRead(file))
        {
            findings.Refuse(number, name, "its file can be read by others; `chmod 600` it");
            return null;
        }

        return Key(number, name, Encoding.UTF8.GetString(content).Trim());
    }

    private void CheckWhole()
    {
        if (!findings.None)
        {
            return;
        }

        if (peers.Count == 0)
        {
            findings.RefuseWhole("no [Peer] says where the server is; add one with its Endpoint");
        }

        if (whole && privateKey is null)
        {
            findings.RefuseWhole("[Interface] has no PrivateKey; add it");
        }

        if (whole && address is null)
        {
            findings.RefuseWhole("[Interface] has no IPv4 Address; add the one that the VPN service gave you");
        }

        foreach (var peer in peers)
        {
            if (peer.Missing(whole) is { } missing)
            {
                findings.Refuse(peer.Line, "peer", missing);
            }
        }
    }

    private int RefuseNumber(int number, string name)
    {
        findings.Refuse(number, name, "it is not a number in its range; correct it");
        return 0;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= ushort.MaxValue ? value : null;

    private sealed class PeerText(int line)
    {
        public int Line => line;

        public Carrier? Endpoint { get; set; }

        public WireGuardKey? PublicKey { get; set; }

        public WireGuardKey? PresharedKey { get; set; }

        public int Keepalive { get; set; } = WireGuardProfile.DefaultKeepalive;

        public List<string> Allowed { get; } = [];

        public string? Missing(bool whole) =>
            Endpoint is null ? "it has no Endpoint; add `Endpoint = ADDRESS:PORT`"
            : whole && PublicKey is null ? "it has no PublicKey; add it"
            : whole && !CarriesEverything ? "its AllowedIPs leave addresses out, and what is left out could not leave at all; put 0.0.0.0/0"
            : null;

        public WireGuardPeer ToPeer() => new(Endpoint!, PublicKey, PresharedKey, Keepalive);

        private bool CarriesEverything => Allowed.Contains("0.0.0.0/0") || (Allowed.Contains("0.0.0.0/1") && Allowed.Contains("128.0.0.0/1"));
    }
}
