using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>A <c>remote</c> as it was written; port and protocol may come from <c>port</c> and <c>proto</c> anywhere in the file.</summary>
internal sealed record OpenVpnRemote(string Host, int? Port, string? Protocol)
{
    public const int DefaultPort = 1194;

    /// <summary>tcp or udp; null for what is neither or is bound to IPv6.</summary>
    public static string? ProtocolOf(string word) => word switch
    {
        "udp" or "udp4" => "udp",
        "tcp" or "tcp4" or "tcp-client" or "tcp4-client" => "tcp",
        _ => null,
    };

    public Carrier Resolve(string? protocol, int? port) => new(Protocol ?? protocol ?? "udp", Host, Port ?? port ?? DefaultPort);
}
