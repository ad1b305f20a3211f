using System.Collections.Immutable;
using System.Text;

namespace Culvert.Tunnel.Drivers;

/// <summary>
/// Reads one profile and collects every problem. What comes out is written anew from its words, never copied: a line that
/// this reader and OpenVPN would read differently cannot carry a directive past the tables.
/// </summary>
internal sealed class OpenVpnProfileReader(string path, bool whole)
{
    private const int MostProblems = 20;

    private readonly List<string> problems = [];
    private readonly List<string> directives = [];
    private readonly List<OpenVpnRemote> remotes = [];
    private readonly SortedDictionary<string, IReadOnlyList<string>> blocks = new(StringComparer.Ordinal);
    private readonly HashSet<string> optional = new(StringComparer.Ordinal);
    private string? protocol;
    private int? port;
    private bool needsLogin;
    private int unlisted;

    /// <summary>Null when there is any problem.</summary>
    public OpenVpnProfile? Read(string text, out IReadOnlyList<string> found)
    {
        if (text.Contains('\0'))
        {
            Refuse(1, "profile", "it is not a text file; check its name");
        }
        else
        {
            ReadLines(text.TrimStart('\uFEFF').Split('\n'));
            CheckWhole();
        }

        found = unlisted == 0 ? problems : [.. problems, $"{path}: and {unlisted} more"];
        return problems.Count > 0
            ? null
            : OpenVpnProfile.Of(
                [.. remotes.Select(r => r.Resolve(protocol, port)).Distinct()],
                directives,
                needsLogin,
                blocks.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    private void ReadLines(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (OpenVpnLine.Split(line) is not { } words)
            {
                Refuse(i + 1, "line", "a quote or a backslash in it is not closed; correct it");
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
            Refuse(start + 1, Spoken(tag), "the block has no closing tag; add it");
            return lines.Length;
        }

        var content = lines[(start + 1)..end];
        if (tag == "connection")
        {
            ReadConnection(content, start + 2);
        }
        else if (tag == "auth-user-pass")
        {
            RefuseLogin(start + 1);
        }
        else if (OpenVpnDirectives.Blocks.Contains(tag))
        {
            AddBlock(start + 1, tag, content);
        }
        else
        {
            Refuse(start + 1, Spoken(tag), OpenVpnDirectives.WhyRefused(tag) ?? "no such block is known; delete it");
        }

        return end;
    }

    private void ReadConnection(string[] lines, int first)
    {
        var before = remotes.Count;
        var (outerProtocol, outerPort) = (protocol, port);
        (protocol, port) = (null, null);
        for (var i = 0; i < lines.Length; i++)
        {
            if (OpenVpnLine.Split(lines[i].TrimEnd('\r')) is not { } words)
            {
                Refuse(first + i, "line", "a quote or a backslash in it is not closed; correct it");
            }
            else if (words.Count > 0)
            {
                ReadDirective(first + i, words, inConnection: true);
            }
        }

        for (var i = before; i < remotes.Count; i++)
        {
            remotes[i] = remotes[i] with { Protocol = remotes[i].Protocol ?? protocol, Port = remotes[i].Port ?? port };
        }

        (protocol, port) = (outerProtocol, outerPort);
    }

    private void ReadDirective(int line, IReadOnlyList<string> words, bool inConnection)
    {
        var name = words[0].StartsWith("--", StringComparison.Ordinal) ? words[0][2..] : words[0];
        string[] arguments = [.. words.Skip(1)];
        switch (name)
        {
            case "remote":
                ReadRemote(line, arguments);
                break;
            case "proto":
                protocol = Require(line, name, arguments, OpenVpnRemote.ProtocolOf, "it is not udp, udp4, tcp, tcp-client or tcp4-client; put one of them");
                break;
            case "port" or "rport":
                port = Require(line, name, arguments, w => OpenVpnRemote.PortOf(w), "it is not a port from 1 to 65535; correct it");
                break;
            case var _ when OpenVpnDirectives.Ignored.Contains(name):
                optional.UnionWith(name == "ignore-unknown-option" ? arguments : []);
                break;
            case var _ when inConnection && OpenVpnDirectives.WhyRefused(name) is null:
                Refuse(line, Spoken(name), "inside <connection> only remote, proto and port are read; move it out of the block");
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
            case var _ when OpenVpnDirectives.Kept.Contains(name):
                Keep(line, name, arguments);
                break;
            default:
                ReadUnknown(line, name);
                break;
        }
    }

    private void ReadRemote(int line, string[] arguments)
    {
        if (arguments is not [var host, .. { Length: <= 2 } rest])
        {
            Refuse(line, "remote", "it should read `remote ADDRESS [PORT [PROTO]]`; correct it");
            return;
        }

        var written = rest.Length > 0 ? OpenVpnRemote.PortOf(rest[0]) : null;
        var spoken = rest.Length > 1 ? OpenVpnRemote.ProtocolOf(rest[1]) : null;
        if (OpenVpnRemote.WhyRefused(host) is { } why)
        {
            Refuse(line, "remote", why);
        }
        else if ((rest.Length > 0 && written is null) || (rest.Length > 1 && spoken is null))
        {
            Refuse(line, "remote", "its port is not from 1 to 65535 or its protocol is not udp or tcp over IPv4; correct it");
        }
        else
        {
            remotes.Add(new OpenVpnRemote(line, host, written, spoken));
        }
    }

    private T? Require<T>(int line, string name, string[] arguments, Func<string, T?> parse, string otherwise)
    {
        var value = arguments.Length == 1 ? parse(arguments[0]) : default;
        if (value is null)
        {
            Refuse(line, name, otherwise);
        }

        return value;
    }

    private void CheckDevice(int line, string name, string[] arguments)
    {
        if (arguments is not [var device] || !device.StartsWith("tun", StringComparison.Ordinal))
        {
            Refuse(line, name, "only tun devices are supported: a tap device would carry the server's whole network in; ask the provider for a tun profile");
        }
    }

    // `setenv opt X` is X for those who know it; the other names are hints for graphical clients.
    private void ReadSetenv(int line, string name, string[] arguments)
    {
        if (arguments is ["opt", not ("setenv" or "setenv-safe"), ..])
        {
            optional.Add(arguments[1]);
            ReadDirective(line, arguments[1..], inConnection: false);
        }
        else if (arguments is not [("CLIENT_CERT" or "FRIENDLY_NAME" or "FORWARD_COMPATIBLE" or "GENERIC_CONFIG" or "PUSH_PEER_INFO"), ..])
        {
            Refuse(line, name, OpenVpnDirectives.WhyRefused(name)!);
        }
    }

    private void ReadFile(int line, string name, string[] arguments)
    {
        if (name == "tls-auth" && arguments is [_, var direction])
        {
            Keep(line, "key-direction", [direction]);
        }

        if (arguments.Length == 0 || arguments.Length > 2)
        {
            Refuse(line, name, $"it should name a file; correct it or put the content between <{name}> and </{name}>");
            return;
        }

        // With the block present, OpenVPN's own placeholder stands for a file.
        if (arguments[0] == "[inline]" || !whole)
        {
            return;
        }

        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, arguments[0].Replace("\0", "", StringComparison.Ordinal));
        if (OpenVpnFiles.Read(file, out var problem) is not { } content)
        {
            Refuse(line, name, $"its file: {problem}");
        }
        else if (OpenVpnDirectives.SecretBlocks.Contains(name) && OpenVpnFiles.OthersMayRead(file))
        {
            Refuse(line, name, "its file can be read by others; `chmod 600` it");
        }
        else
        {
            AddBlock(line, name, name == "pkcs12" ? OpenVpnBlock.Encode(content) : Encoding.UTF8.GetString(content).Split('\n'));
        }
    }

    private void AddBlock(int line, string tag, IReadOnlyList<string> content)
    {
        if (OpenVpnBlock.Normalize(tag, content, out var problem) is not { } lines)
        {
            Refuse(line, tag, problem!);
        }
        else if (!blocks.TryAdd(tag, lines))
        {
            Refuse(line, tag, "it is given twice; keep one");
        }
    }

    private void Keep(int line, string name, string[] arguments)
    {
        if (OpenVpnLine.Render(name, arguments) is { } rendered)
        {
            directives.Add(rendered);
        }
        else
        {
            Refuse(line, name, "it is longer than OpenVPN reads or holds a character that is not printable ASCII; correct it");
        }
    }

    private void ReadUnknown(int line, string name)
    {
        if (OpenVpnDirectives.WhyRefused(name) is { } why)
        {
            Refuse(line, name, why);
        }
        else if (!optional.Contains(name))
        {
            Refuse(line, Spoken(name), "it is not among the directives known to be safe in a client; delete the line");
        }
    }

    private void CheckWhole()
    {
        if (remotes.Count == 0 && problems.Count == 0)
        {
            problems.Add($"{path}: no `remote` says where the server is; add `remote ADDRESS PORT PROTO`");
        }

        if (whole && problems.Count == 0 && !blocks.ContainsKey("ca") && !blocks.ContainsKey("pkcs12") && !blocks.ContainsKey("peer-fingerprint")
            && !directives.Exists(d => d.StartsWith("peer-fingerprint ", StringComparison.Ordinal)))
        {
            problems.Add($"{path}: nothing says whom to trust as the server; add <ca>…</ca> or peer-fingerprint");
        }

        if (whole && problems.Count == 0 && blocks.ContainsKey("cert") != blocks.ContainsKey("key"))
        {
            problems.Add($"{path}: of <cert> and <key> one is missing; add it");
        }
    }

    private void RefuseLogin(int line) =>
        Refuse(line, "auth-user-pass", "the user and the password do not belong into the profile; leave the word alone on its line and set vpn.user and vpn.password_file");

    private void Refuse(int line, string subject, string why)
    {
        if (problems.Count < MostProblems)
        {
            problems.Add($"{path}:{line}: {subject}: {why}");
        }
        else
        {
            unlisted++;
        }
    }

    // A stray line of a key has digits or is long; only what looks like a word of OpenVPN's is repeated.
    private static string Spoken(string name) =>
        name.Length <= 32 && name.All(c => char.IsAsciiLetterLower(c) || c == '-') ? name : "an unknown directive";
}
