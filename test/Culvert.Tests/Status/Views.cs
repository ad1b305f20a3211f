using Culvert.Stack;
using Culvert.Status;

namespace Culvert.Tests.Status;

/// <summary>Views as the status role takes them.</summary>
internal static class Views
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly NamespaceReport Guard = new(
        new InterfaceReport("eth0", "172.30.97.2", 24, "172.30.97.1"), null, [new Carrier("tcp", "203.0.113.11", 1194)], "abc123", Now.AddMinutes(-61));

    public static readonly CallsReport Calls = new(
        3, [new CallsLine("127.0.0.1", "openai", "relayed", 7, 1500, 2_000_000)], new DatagramsReport(0, 0, 0, new Dictionary<string, long>()));

    public static StatusView With(TunnelState state, string? reason = null, string? problem = null, string? exit = "203.0.113.11:1194") => new(
        "lab",
        Now,
        Guard,
        new TunnelReport(state, Now.AddSeconds(-7), "openvpn", "exit1.ovpn", exit, "10.8.0.2", 3, reason),
        [new RoleView("hold", null), new RoleView("proxy", problem)]);
}
