using System.Net;
using Culvert.Linux;
using Culvert.Proxy.Pair;
using Culvert.Stack;
using Culvert.Tests.Runtimes.Namespaces;

namespace Culvert.Tests.Proxy.Pair;

/// <summary>What the configurations are rendered from.</summary>
internal static class PairSetups
{
    public static readonly InterfaceAddress Tunnel = new("tun0", IPAddress.Parse("10.8.1.2"), 24);

    public static PairSetup Of(string proxy = "", InterfaceAddress? tunnel = null) => new(
        PlanInputs.Of($"name: work\nproxy: {{ engine: dante+tinyproxy, {proxy} }}\n").Stack,
        new IPEndPoint(IPAddress.Any, Role.SocksPort),
        new IPEndPoint(IPAddress.Any, Role.HttpPort),
        tunnel);

    public static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim());
}
