using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>The servers of one profile. <c>proto</c> and <c>port</c> count for the whole file, or inside a connection for that one.</summary>
internal sealed class OpenVpnRemotes(ProfileFindings findings)
{
    /// <summary>As many as OpenVPN itself takes; each becomes rules of the guard.</summary>
    private const int Most = 64;

    private readonly List<OpenVpnRemote> remotes = [];
    private string? protocol;
    private int? port;

    public bool None => remotes.Count == 0;

    public IReadOnlyList<Carrier> Carriers => [.. remotes.Select(r => r.Resolve(protocol, port)).Distinct()];

    /// <summary>Reads what <paramref name="content"/> reads as the inside of one connection.</summary>
    public void ReadConnection(Action content)
    {
        var before = remotes.Count;
        var (outerProtocol, outerPort) = (protocol, port);
        (protocol, port) = (null, null);
        content();
        for (var i = before; i < remotes.Count; i++)
        {
            remotes[i] = remotes[i] with { Protocol = remotes[i].Protocol ?? protocol, Port = remotes[i].Port ?? port };
        }

        (protocol, port) = (outerProtocol, outerPort);
    }

    public void ReadProtocol(int line, string name, string[] arguments)
    {
        protocol = arguments is [var word] ? OpenVpnRemote.ProtocolOf(word) : null;
        if (protocol is null)
        {
            findings.Refuse(line, name, "it is not udp, udp4, tcp, tcp-client or tcp4-client; put one of them");
        }
    }

    public void ReadPort(int line, string name, string[] arguments)
    {
        port = arguments is [var word] ? ServerAddress.PortOf(word) : null;
        if (port is null)
        {
            findings.Refuse(line, name, "it is not a port from 1 to 65535; correct it");
        }
    }

    public void ReadRemote(int line, string[] arguments)
    {
        if (arguments is not [var host, .. { Length: <= 2 } rest])
        {
            findings.Refuse(line, "remote", "it should read `remote ADDRESS [PORT [PROTO]]`; correct it");
            return;
        }

        var written = rest.Length > 0 ? ServerAddress.PortOf(rest[0]) : null;
        var spoken = rest.Length > 1 ? OpenVpnRemote.ProtocolOf(rest[1]) : null;
        if (ServerAddress.WhyRefused(host) is { } why)
        {
            findings.Refuse(line, "remote", why);
        }
        else if ((rest.Length > 0 && written is null) || (rest.Length > 1 && spoken is null))
        {
            findings.Refuse(line, "remote", "its port is not from 1 to 65535 or its protocol is not udp or tcp over IPv4; correct it");
        }
        else if (remotes.Count == Most)
        {
            findings.Refuse(line, "remote", $"it is one server more than the {Most} that OpenVPN takes; keep those that are near");
        }
        else
        {
            remotes.Add(new OpenVpnRemote(host, written, spoken));
        }
    }
}
