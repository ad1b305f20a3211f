using System.Net;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification.Probes;

namespace Culvert.Verification;

/// <summary>A stack that is up in the namespaces runtime, and what it ought to be.</summary>
internal sealed record VerifyTarget(
    StackDefinition Stack,
    RunDirectory Run,
    NamespaceReport Namespace,
    GuardExpectation? Guard,
    ProbeSecrets ProxyUser)
{
    public string VpnNamespace => $"{Stack.Name}-vpn";

    /// <summary>Where dev stands: it shares the namespace of the VPN.</summary>
    public Standpoint Dev => Standpoint.Namespace(VpnNamespace);

    public Standpoint App => Standpoint.Namespace($"{Stack.Name}-app");

    public string HostBefore => $"{Run.Path}/{HostSnapshot.FileName}";

    public IPAddress UplinkAddress => IPAddress.Parse(Namespace.Uplink.Address);

    /// <summary>The uplink's gateway; where the namespace reports none, the first address of its network.</summary>
    public IPAddress UplinkGateway =>
        Namespace.Uplink.Gateway is { } gateway ? IPAddress.Parse(gateway) : AddressInUplink(1);

    /// <summary>The resolver, as dev reaches it.</summary>
    public static IPEndPoint Resolver { get; } = new(IPAddress.Loopback, 53);

    /// <summary>A name that the stack is there to reach.</summary>
    public string ProviderName => Stack.Providers.IsEmpty ? Stack.Verify.AddressServices[0].Host : Stack.Providers[0].Probe.Url.Host;

    public IPAddress AddressInUplink(byte number)
    {
        var bytes = Stack.Network.Uplink.BaseAddress.GetAddressBytes();
        bytes[^1] += number;
        return new IPAddress(bytes);
    }
}
