using System.Net;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification.Probes;

namespace Culvert.Verification;

/// <summary>
/// A stack that is up, and what it ought to be. How its runtime brought it up does not matter here: where it is looked at from and what
/// it leaves behind are data.
/// </summary>
internal sealed record VerifyTarget(
    StackDefinition Stack,
    NamespaceReport Namespace,
    GuardExpectation? Guard,
    ProbeSecrets ProxyUser)
{
    /// <summary>Where dev stands: it shares the namespace of the VPN.</summary>
    public required Standpoint Dev { get; init; }

    /// <summary>Where applications stand; null when there is none to stand beside.</summary>
    public required ProxyClient? App { get; init; }

    /// <summary>Every application that is on vpn-net.</summary>
    public IReadOnlyList<ApplicationPlace> Applications { get; init; } = [];

    /// <summary>The file of the tunnel role, as this process reaches it.</summary>
    public required string TunnelReport { get; init; }

    /// <summary>The snapshot of the host from before <c>up</c>.</summary>
    public required string HostBefore { get; init; }

    public required LogSources Logs { get; init; }

    /// <summary>Ports that a container engine hands on to the stack; none where there is no engine.</summary>
    public IReadOnlyList<PublishedPort> Published { get; init; } = [];

    /// <summary>Folders of the host that dev writes to; null where dev is no container.</summary>
    public IReadOnlyList<DevMount>? DevMounts { get; init; }

    /// <summary>True when dev's processes may gain no privilege either: a container can promise that, a person's own shell cannot.</summary>
    public bool DevIsSealed { get; init; }

    /// <summary>Whoever may use the proxies: an application, or dev where there is none.</summary>
    public ProxyClient Client => App ?? new ProxyClient("dev", Dev, $"{IPAddress.Loopback}");

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
