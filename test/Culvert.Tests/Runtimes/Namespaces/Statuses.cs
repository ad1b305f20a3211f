using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

/// <summary>A stack on which all is as it should be, to take things away from.</summary>
internal static class Statuses
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Processes = ["supervisor", "keeper", "uplink", "app-uplink", "hold", "tunnel", "resolver", "proxy"];

    public static readonly TunnelReport Tunnel = new(TunnelState.Connected, Noon, "openvpn", "frankfurt", "203.0.113.11:443", "10.8.0.2", 1, null);

    public static readonly NamespaceReport Namespace = new(
        new InterfaceReport("uplink0", "172.30.97.100", 24, "172.30.97.2"), null, [new Carrier("tcp", "203.0.113.11", 443)], "00ff", Noon);

    public static readonly StackStatus Good = new(
        "work",
        Up: true,
        [.. Processes.Select((name, place) => new ProcessStatus(name, Running: true, 100 + place, Noon, Restarts: 0, LastEnd: null))],
        Tunnel,
        Namespace,
        new Listening(Dns: true, Socks: true, Http: true));

    public static readonly StackStatus Absent = new("work", Up: false, [], null, null, Listening.Nothing);

    public static StackStatus Without(string process, string? lastEnd) => Good with
    {
        Processes = [.. Good.Processes.Select(each => each.Name == process ? new ProcessStatus(process, false, null, null, 2, lastEnd) : each)],
    };
}
