using System.Text.Json;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Reads what a stack is doing from its run directory and /proc; needs no privilege but for what the proxy counted.</summary>
internal sealed class StatusObserver(Places places)
{
    private static readonly string[] Expected =
    [
        Units.Supervisor, Units.Keeper, Units.Uplink, Units.AppUplink,
        Role.Hold.Name, Role.Tunnel.Name, Role.Resolver.Name, Role.Proxy.Name,
    ];

    public StackStatus Observe()
    {
        if (!Directory.Exists(places.Run.Path))
        {
            return new(places.Name, false, [], null, null, Listening.Nothing);
        }

        var processes = Expected.Select(Process).Where(process => process.Name != Units.Keeper || !IsForeground).ToList();
        return new(
            places.Name,
            places.IsUp,
            processes,
            Read(() => ReportFile.ReadTunnel(places.Run.TunnelReport)),
            Read(() => ReportFile.ReadNamespace(places.Run.NamespaceReport)),
            ListeningIn(processes))
        {
            Calls = ProxyControl.TryCalls(places.Run),
        };
    }

    // A supervisor in the foreground has systemd, or a person, for its keeper.
    private bool IsForeground => File.Exists(places.Foreground);

    private ProcessStatus Process(string name) => ProcessRecord.Read(places.RecordOf(name)) switch
    {
        null => new(name, false, null, null, 0, null),
        { Identity.IsAlive: true } record => new(name, true, record.Pid, record.StartedAt, record.Restarts, record.LastEnd),
        var record => new(name, false, null, null, record.Restarts, record.LastEnd),
    };

    private static Listening ListeningIn(IEnumerable<ProcessStatus> processes)
    {
        // Any process of the namespace shows the namespace's sockets.
        foreach (var name in new[] { Role.Hold.Name, Role.Resolver.Name, Role.Proxy.Name })
        {
            if (processes.FirstOrDefault(process => process.Name == name) is { Pid: { } pid } && Ports(pid, "tcp", "tcp6") is { } tcp)
            {
                var udp = Ports(pid, "udp", "udp6");
                return new(tcp.Contains(53) && udp?.Contains(53) is true, tcp.Contains(Role.SocksPort), tcp.Contains(Role.HttpPort));
            }
        }

        return Listening.Nothing;
    }

    private static HashSet<int>? Ports(int pid, params string[] tables)
    {
        try
        {
            return [.. tables.Select(table => $"/proc/{pid}/net/{table}").Where(File.Exists).SelectMany(path => SocketTable.OpenPorts(File.ReadAllText(path)))];
        }
        catch (IOException)
        {
            // The process ended while it was being looked at.
            return null;
        }
    }

    // A role may write anything into its own report; what cannot be read counts as not reported.
    private static T? Read<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
