using System.Net;
using Culvert.Linux;

namespace Culvert.Proxy.Dial;

/// <summary>The device that dials are bound to, and what is known of it. Tests on loopback bind to none.</summary>
internal sealed record TunnelDevice(string? Name, Func<bool> IsUp, Func<bool> HasIPv6)
{
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    public static TunnelDevice Of(string name, NamespaceAddresses addresses) => new(
        name,
        () => NetworkInterfaceFlags.IsRunning(name),
        () => addresses.Current().Any(own => own.Interface == name && GlobalUnicast.Contains(own.Address)));
}
