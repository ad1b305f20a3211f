using System.Collections.Immutable;
using System.Net;
using Culvert.Stack.Catalogue;
using Culvert.Stack.Values;

namespace Culvert.Stack.Keys;

/// <summary>The root of culvert.yaml.</summary>
internal static class StackKeys
{
    public static readonly Key<string> Name = new(
        "name", NameText.Stack, "culvert", "The name of this stack; its namespaces and folders are named after it.");

    public static readonly Key<StackRuntime> Runtime = new(
        "runtime",
        new ChoiceShape<StackRuntime>(("namespaces", StackRuntime.Namespaces), ("compose", StackRuntime.Compose)),
        "namespaces",
        "What runs the stack: namespaces (no container engine), or compose (Docker Engine with the compose.yaml beside this file).");

    public static readonly Key<VpnSettings> Vpn = new("vpn", VpnKeys.Section, "{}", "The tunnel: which client makes it and where it comes out.");

    public static readonly Key<DnsSettings> Dns = new("dns", DnsKeys.Section, "{}", "Names are resolved inside the namespace, over TLS, through the tunnel.");

    public static readonly Key<ProxySettings> Proxy = new("proxy", ProxyKeys.Section, "{}", "The proxies for applications: SOCKS5 on port 1080, HTTP on port 1090.");

    public static readonly Key<ImmutableArray<LlmProvider>> Providers = new(
        "providers",
        new ProviderListShape(),
        $"[{string.Join(", ", ProviderCatalogue.All.Select(p => p.Id))}]",
        "LLM providers, for `destinations: llm`, probes and metrics: ids of the catalogue, or maps that extend one of it or define another.",
        "[openai, { id: in-house, hosts: [llm.example.com], probe: { url: \"https://llm.example.com/v1/models\" } }]");

    public static readonly Key<DevSettings> Dev = new("dev", DevKeys.Section, "{}", "What the dev container has.");

    public static readonly Key<AlertSettings> Alerts = new("alerts", AlertKeys.Section, "{}", "Who is told when something does not hold.");

    public static readonly Key<NetworkSettings> Network = new("network", NetworkKeys.Section, "{}", "The two networks of the namespace.");

    public static readonly Key<VerifySettings> Verify = new("verify", VerifyKeys.Section, "{}", "What `culvert verify` asks.");

    public static readonly SectionShape<StackDefinition> Root =
        new([Name, Runtime, Vpn, Dns, Proxy, Providers, Dev, Alerts, Network, Verify], Build);

    private static StackDefinition Build(SectionValues values)
    {
        var stack = new StackDefinition(
            values.Get(Name), values.Get(Vpn), values.Get(Dns), values.Get(Proxy), values.Get(Providers),
            values.Get(Dev), values.Get(Alerts), values.Get(Network), values.Get(Verify))
        {
            Runtime = values.Get(Runtime),
        };

        if (stack is { Proxy.Destinations: DestinationScope.Llm, Providers.IsEmpty: true })
        {
            values.Place.Refuse(values.NodeOf(Providers), "providers is empty while proxy.destinations is llm", "the proxies would refuse every connection", "name providers, or write `destinations: public`");
        }

        foreach (var application in stack.Proxy.Applications.Where(application => !application.Address.Equals(IPAddress.Loopback) && !stack.Network.VpnNet.Contains(application.Address)))
        {
            values.Place.Refuse(values.NodeOf(Proxy), $"proxy.applications has {application.Address}, which is not in network.vpn_net ({stack.Network.VpnNet})", "applications reach the proxies from there, and dev from 127.0.0.1", "write the address that the application has on vpn-net");
        }

        foreach (var upstream in stack.Dns.Upstreams)
        {
            if (stack.Network.Uplink.Contains(upstream.Address) || stack.Network.VpnNet.Contains(upstream.Address))
            {
                values.Place.Refuse(values.NodeOf(Dns), $"the DNS server {upstream.Address} lies in a network of this stack", "it is asked through the tunnel, which does not lead there", "name another server, or give the network another range");
            }
        }

        return stack;
    }
}
