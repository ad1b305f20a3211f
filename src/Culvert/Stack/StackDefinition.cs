using System.Collections.Immutable;
using System.Net;

namespace Culvert.Stack;

/// <summary>The whole of culvert.yaml, checked and immutable. Paths in it are absolute.</summary>
internal sealed record StackDefinition(
    string Name,
    VpnSettings Vpn,
    DnsSettings Dns,
    ProxySettings Proxy,
    ImmutableArray<LlmProvider> Providers,
    DevSettings Dev,
    AlertSettings Alerts,
    NetworkSettings Network,
    VerifySettings Verify)
{
    public StackRuntime Runtime { get; init; }
}

/// <summary>What makes the namespace and keeps the roles running (docs/adr/0002).</summary>
internal enum StackRuntime
{
    Namespaces,
    Compose,
}

internal enum VpnDriver
{
    AdGuard,
    OpenVpn,
    WireGuard,
}

/// <summary><see cref="Locations"/> are tried in order: city names for AdGuard, profile files for OpenVPN and WireGuard.</summary>
internal sealed record VpnSettings(
    VpnDriver Driver,
    ImmutableArray<VpnLocation> Locations,
    string? User,
    SecretFile? Password);

/// <summary>One exit to try. <see cref="Profile"/> is null for AdGuard.</summary>
internal sealed record VpnLocation(string Name, SecretFile? Profile);

internal sealed record DnsSettings(ImmutableArray<DnsUpstream> Upstreams);

/// <summary>A DNS-over-TLS server: <c>tls://ADDRESS[:PORT]#SERVER-NAME</c>. The port is 853 unless named.</summary>
internal sealed record DnsUpstream(IPAddress Address, int Port, string ServerName);

internal enum ProxyEngine
{
    Culvert,
    DanteAndTinyproxy,
}

/// <summary>An empty <see cref="Users"/> means that whoever reaches the ports is trusted.</summary>
internal sealed record ProxySettings(
    ProxyEngine Engine,
    ImmutableArray<ProxyUser> Users,
    DestinationScope Destinations,
    ImmutableArray<DomainSuffix> AllowedDomains,
    ImmutableArray<int> AllowedPorts)
{
    /// <summary>Dante cannot check passwords, so with users it lets nobody through.</summary>
    public bool SocksIsOpen => Engine == ProxyEngine.Culvert || Users.IsEmpty;

    /// <summary>What holds for one address on vpn-net in place of the general keys; 127.0.0.1 is dev.</summary>
    public ImmutableArray<ProxyApplication> Applications { get; init; } = [];
}

internal sealed record ProxyUser(string Name, SecretFile Password)
{
    public ApplicationSettings? Own { get; init; }
}

internal sealed record ProxyApplication(IPAddress Address, ApplicationSettings Own);

/// <summary>Limits and policy of one application or user; null is what the general keys say.</summary>
internal sealed record ApplicationSettings(
    int? Connections,
    DestinationScope? Destinations,
    ImmutableArray<DomainSuffix> AllowedDomains,
    ImmutableArray<int>? AllowedPorts)
{
    public bool HasPolicy => Destinations is not null || AllowedPorts is not null;
}

/// <summary>Which destinations the proxies dial. <see cref="List"/> uses <see cref="ProxySettings.AllowedDomains"/>.</summary>
internal enum DestinationScope
{
    Public,
    Llm,
    List,
}

internal sealed record DevSettings(bool VsCode, bool Kilo)
{
    /// <summary>Where VS Code Server listens inside the namespace.</summary>
    public const int EditorPort = 8080;
}

internal sealed record AlertSettings(SecretFile? Webhook);

/// <summary>The two networks of the namespace. Interfaces are recognised by these addresses, never by name.</summary>
internal sealed record NetworkSettings(IPNetwork Uplink, IPNetwork VpnNet);

/// <summary><see cref="AddressServices"/> answer a GET with the caller's address as text, first that answers wins.</summary>
internal sealed record VerifySettings(ImmutableArray<Uri> AddressServices);
