using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Proxy.Pair;

/// <summary>
/// What the configurations of Dante and Tinyproxy depend on. <see cref="Tunnel"/> is tun0's address with its network; without
/// one both are told to dial from loopback, from where nothing public can be reached.
/// </summary>
internal sealed record PairSetup(StackDefinition Stack, IPEndPoint Socks, IPEndPoint Http, InterfaceAddress? Tunnel)
{
    /// <summary>Who may connect: applications, and dev.</summary>
    public IEnumerable<IPNetwork> Clients => [Stack.Network.VpnNet, IPNetwork.Parse("127.0.0.0/8")];
}
