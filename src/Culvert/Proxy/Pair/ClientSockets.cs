using System.Globalization;

namespace Culvert.Proxy.Pair;

/// <summary>Connections of clients, counted in the kernel's table of this namespace (proc_net_tcp(5)).</summary>
internal static class ClientSockets
{
    private const string Established = "01";

    /// <summary>How many are established to these ports.</summary>
    public static int Open(params int[] ports) => Count(File.ReadLines("/proc/self/net/tcp"), ports);

    internal static int Count(IEnumerable<string> table, params int[] ports) => table
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Count(fields => fields.Length > 3 && fields[3] == Established && ports.Contains(PortOf(fields[1])));

    private static int PortOf(string address) =>
        int.TryParse(address.AsSpan(address.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port) ? port : 0;
}
