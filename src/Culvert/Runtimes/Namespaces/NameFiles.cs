using System.Net;

namespace Culvert.Runtimes.Namespaces;

/// <summary>The files that say how names are resolved inside a namespace.</summary>
internal static class NameFiles
{
    private const string Switch = "hosts:          files dns";

    public static string ResolvConf(IPAddress resolver) => $"# Written by culvert.\nnameserver {resolver}\n";

    /// <summary>The stack's own names only: an entry of the host's file could send a provider's name anywhere.</summary>
    public static string Hosts(string hostName, IPAddress vpn) =>
        $"""
        # Written by culvert.
        127.0.0.1 localhost
        127.0.1.1 {hostName}
        {vpn} vpn

        """;

    /// <summary>
    /// The host's nsswitch.conf with plain DNS for host names: modules such as resolve and mdns ask daemons that stand
    /// outside the namespace. Users and groups stay as the host has them.
    /// </summary>
    public static string NsswitchConf(string host)
    {
        var kept = host.Split('\n').Where(line => !line.TrimStart().StartsWith("hosts:", StringComparison.OrdinalIgnoreCase));
        return $"{string.Join('\n', kept).TrimEnd()}\n{Switch}\n".TrimStart('\n');
    }
}
