using System.Globalization;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Local ports in /proc/PID/net/tcp and udp (proc_net_tcp.rst): <c>sl local_address rem_address st …</c>, hexadecimal.</summary>
internal static class SocketTable
{
    private const string Listen = "0A";
    private const string Unconnected = "07";

    public static IReadOnlySet<int> OpenPorts(string table) =>
        table.Split('\n').Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 3 && fields[3] is Listen or Unconnected)
            .Select(fields => int.Parse(fields[1][(fields[1].LastIndexOf(':') + 1)..], NumberStyles.HexNumber))
            .ToHashSet();
}
