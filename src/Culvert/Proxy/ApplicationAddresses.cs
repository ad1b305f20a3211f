using System.Net;

namespace Culvert.Proxy;

/// <summary>
/// The address by which an application is known: its own on vpn-net. Everything else is dev, 127.0.0.1: a process in this
/// namespace may call from any address of it, and would be another application with each.
/// </summary>
internal sealed class ApplicationAddresses(IPNetwork vpnNet, Func<IPAddress, bool> isOwn)
{
    public static readonly IPAddress Dev = IPAddress.Loopback;

    public IPAddress Of(IPAddress client) => vpnNet.Contains(client) && !isOwn(client) ? client : Dev;
}
