using System.Globalization;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Local ports in /proc/PID/net/tcp and udp (proc_net_tcp.rst): <c>sl local_address rem_address st …</c>, hexadecimal.</summary>
internal static class SocketTable
{
    private const string Listen = "0A";
    private const string Unconnected = "07";

    /// <summary>127.0.0.54, where the tunnel role answers its client: it is no resolver of anybody else's.</summary>
    private const string Bootstrap = "3600007F:";

    public static IReadOnlySet<int> OpenPorts(string table) =>
        table.Split('\n').Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 3 && fields[3] is Listen or Unconnected && !fields[1].StartsWith(Bootstrap, StringComparison.Ordinal))
            .Select(fields => int.Parse(fields[1][(fields[1].LastIndexOf(':') + 1)..], NumberStyles.HexNumber))
            .ToHashSet();
}
