namespace Culvert.Tunnel.Drivers;

/// <summary>
/// Reads one profile and collects every problem. What comes out is written anew from its words, never copied: a line that
/// this reader and OpenVPN would read differently cannot carry a directive past the tables.
/// </summary>
internal sealed class OpenVpnProfileReader
{
    private readonly ProfileFindings findings;
    private readonly OpenVpnMaterial material;
    private readonly List<string> directives = [];
    private readonly OpenVpnRemotes remotes;
    private readonly bool whole;
    private readonly HashSet<string> optional = new(StringComparer.Ordinal);
    private int? mtu;
    private bool needsLogin;

    public OpenVpnProfileReader(string path, bool whole)
    {
        findings = new ProfileFindings(path);
        material = new OpenVpnMaterial(path, whole, findings);
        remotes = new OpenVpnRemotes(findings);
        this.whole = whole;
    }

    /// <summary>Null when there is any problem.</summary>
    public OpenVpnProfile? Read(string text, out IReadOnlyList<string> found)
    {
        if (text.Contains('\0'))
        {
            findings.Refuse(1, "profile", "it is not a text file; check its name");
        }
        else
        {
            ReadLines(text.TrimStart('\uFEFF').Split('\n'));
            CheckWhole();
        }

        found = findings.Sentences;
        return findings.None
            ? OpenVpnProfile.Of(remotes.Carriers, directives, needsLogin, mtu, material.Blocks)
            : null;
    }

    private void ReadLines(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (OpenVpnLine.Split(line) is not { } words)
            {
                findings.Refuse(i + 1, "line", "a quote or a backslash in it is not closed; correct it");
            }
            else if (words is [var tag] && tag.StartsWith('<') && tag.EndsWith('>'))
            {
                i = ReadBlock(lines, i, tag[1..^1]);
            }
            else if (words.Count > 0)
            {
                ReadDirective(i + 1, words, inConnection: false);
            }
        }
    }

    /// <summary>Returns the index of the closing line.</summary>
    private int ReadBlock(string[] lines, int start, string tag)
    {
        var end = Array.FindIndex(lines, start + 1, l => l.TrimStart().StartsWith($"</{tag}>", StringComparison.Ordinal));
        if (end < 0)
        {
            findings.Refuse(start + 1, tag, "the block has no closing tag; add it");
            return lines.Length;
        }

        var content = lines[(start + 1)..end];
        if (tag == "connection")
        {
            remotes.ReadConnection(() => ReadConnection(content, start + 2));
        }
        else if (tag == "auth-user-pass")
        {
            RefuseLogin(start + 1);
        }
        else if (OpenVpnDirectives.Blocks.Contains(tag))
        {
            material.AddBlock(start + 1, tag, content);
        }
        else
        {
            findings.Refuse(start + 1, tag, OpenVpnDirectives.WhyRefused(tag) ?? "no such block is known; delete it");
        }

        return end;
    }

    private void ReadConnection(string[] lines, int first)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (OpenVpnLine.Split(lines[i].TrimEnd('\r')) is not { } words)
            {
                findings.Refuse(first + i, "line", "a quote or a backslash in it is not closed; correct it");
            }
            else if (words.Count > 0)
            {
                ReadDirective(first + i, words, inConnection: true);
            }
        }
    }

    private void ReadDirective(int line, IReadOnlyList<string> words, bool inConnection)
    {
        var name = Bare(words[0]);
        string[] arguments = [.. words.Skip(1)];
        switch (name)
        {
            case "remote":
                remotes.ReadRemote(line, arguments);
                break;
            case "proto":
                remotes.ReadProtocol(line, name, arguments);
                break;
            case "port" or "rport":
                remotes.ReadPort(line, name, arguments);
                break;
            case var _ when OpenVpnDirectives.Ignored.Contains(name):
                optional.UnionWith(name == "ignore-unknown-option" ? arguments : []);
                break;
            case var _ when inConnection && OpenVpnDirectives.WhyRefused(name) is null:
                findings.Refuse(line, name, "inside <connection> only remote, proto and port are read; move it out of the block");
                break;
            case "dev" or "dev-type":
                CheckDevice(line, name, arguments);
                break;
            case "auth-user-pass" when arguments.Length == 0:
                needsLogin = true;
                break;
            case "auth-user-pass":
                RefuseLogin(line);
                break;
            case "setenv" or "setenv-safe":
                ReadSetenv(line, name, arguments);
                break;
            case var _ when OpenVpnDirectives.Blocks.Contains(name) && !OpenVpnDirectives.Kept.Contains(name):
                ReadFile(line, name, arguments);
                break;
            case "tun-mtu" when arguments is [var number, ..]:
                mtu = OpenVpnDirectives.MtuOf(number);
                Keep(line, name, arguments);
                break;
            case var _ when OpenVpnDirectives.WeakensEncryption(name, arguments):
                findings.Refuse(line, name, "it would send what you say in clear to the server and past whoever listens; name a cipher, or delete the line");
                break;
            case var _ when OpenVpnDirectives.Kept.Contains(name):
                Keep(line, name, arguments);
                break;
            default:
                ReadUnknown(line, name);
                break;
        }
    }

    // OpenVPN takes a directive as it is written on the command line, too.
    private static string Bare(string word) => word.StartsWith("--", StringComparison.Ordinal) ? word[2..] : word;

    private void CheckDevice(int line, string name, string[] arguments)
    {
        if (arguments is not [var device] || !device.StartsWith("tun", StringComparison.Ordinal))
        {
            findings.Refuse(line, name, "only tun devices are supported: a tap device would carry the server's whole network in; ask the provider for a tun profile");
        }
    }

    // `setenv opt X` is X for those who know it; the other names are hints for graphical clients.
    private void ReadSetenv(int line, string name, string[] arguments)
    {
        if (arguments is ["opt", var option, ..] && Bare(option) is not ("setenv" or "setenv-safe"))
        {
            optional.Add(Bare(option));
            ReadDirective(line, arguments[1..], inConnection: false);
        }
        else if (arguments is not [("CLIENT_CERT" or "FRIENDLY_NAME" or "FORWARD_COMPATIBLE" or "GENERIC_CONFIG" or "PUSH_PEER_INFO"), ..])
        {
            findings.Refuse(line, name, OpenVpnDirectives.WhyRefused(name)!);
        }
    }

    private void ReadFile(int line, string name, string[] arguments)
    {
        if (name == "tls-auth" && arguments is [_, var direction])
        {
            Keep(line, "key-direction", [direction]);
        }

        material.AddFile(line, name, arguments);
    }

    private void Keep(int line, string name, string[] arguments)
    {
        if (OpenVpnLine.Render(name, arguments) is { } rendered)
        {
            directives.Add(rendered);
        }
        else
        {
            findings.Refuse(line, name, "it is longer than OpenVPN reads or holds a character that is not printable ASCII; correct it");
        }
    }

    private void ReadUnknown(int line, string name)
    {
        if (OpenVpnDirectives.WhyRefused(name) is { } why)
        {
            findings.Refuse(line, name, why);
        }
        else if (!optional.Contains(name))
        {
            findings.Refuse(line, name, "it is not among the directives known to be safe in a client; delete the line");
        }
    }

    private void CheckWhole()
    {
        if (!findings.None)
        {
            return;
        }

        if (remotes.None)
        {
            findings.RefuseWhole("no `remote` says where the server is; add `remote ADDRESS PORT PROTO`");
        }

        if (whole && !material.Has("ca") && !material.Has("pkcs12") && !material.Has("peer-fingerprint")
            && !directives.Exists(d => d.StartsWith("peer-fingerprint ", StringComparison.Ordinal)))
        {
            findings.RefuseWhole("nothing says whom to trust as the server; add <ca>…</ca> or peer-fingerprint");
        }

        if (whole && material.Has("cert") != material.Has("key"))
        {
            findings.RefuseWhole("of <cert> and <key> one is missing; add it");
        }
    }

    private void RefuseLogin(int line) =>
        findings.Refuse(line, "auth-user-pass", "the user and the password do not belong into the profile; leave the word alone on its line and set vpn.user and vpn.password_file");
}
