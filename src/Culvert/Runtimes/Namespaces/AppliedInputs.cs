using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>A digest of what each part of the stack was started with, by which <c>up</c> knows what a new configuration changes.</summary>
internal sealed record AppliedInputs(SortedDictionary<string, string> Digests)
{
    /// <summary>The part that cannot change while the namespaces stay.</summary>
    public const string Networks = "networks";

    /// <summary>What dev begins with, under Compose.</summary>
    public const string Dev = "dev";

    public static AppliedInputs Of(PlanInput input)
    {
        var stack = input.Stack;
        var networks = $"{stack.Network.Uplink} {stack.Network.VpnNet}";
        var vpn = $"{stack.Vpn.Driver} {stack.Vpn.User} {List(stack.Vpn.Locations.Select(location => location.Name))}";
        var dns = List(stack.Dns.Upstreams.Select(upstream => $"{upstream}"));
        var digests = new SortedDictionary<string, string>
        {
            [Networks] = Digest(networks),
            [Role.Hold.Name] = DigestFor(Role.Hold, $"{networks}\n{stack.Vpn.Driver}\n{dns}\n{BoundsText(stack)}{PublishedText(stack)}", input),
            [Role.Tunnel.Name] = DigestFor(Role.Tunnel, $"{networks}\n{vpn}\n{dns}\n{ProbesText(stack)}", input),
            [Role.Resolver.Name] = DigestFor(Role.Resolver, dns, input),
            [Role.Proxy.Name] = DigestFor(Role.Proxy, ProxyText(stack), input),
        };
        if (stack.Runtime == StackRuntime.Compose)
        {
            digests[Dev] = Digest(List(stack.Providers.Select(provider => provider.Id)));
        }

        return new(digests);
    }

    public static AppliedInputs FromJson(string json) =>
        new(JsonSerializer.Deserialize(json, RuntimeJson.Default.SortedDictionaryStringString) ?? []);

    public string ToJson() => JsonSerializer.Serialize(Digests, RuntimeJson.Default.SortedDictionaryStringString);

    /// <summary>The parts that differ, in the order in which they have to be started again.</summary>
    public IReadOnlyList<string> ChangesSince(AppliedInputs earlier) =>
    [
        .. ((string[])[Networks, Role.Hold.Name, Role.Tunnel.Name, Role.Resolver.Name, Role.Proxy.Name, Dev])
            .Where(part => earlier.Digests.GetValueOrDefault(part) != Digests.GetValueOrDefault(part)),
    ];

    private static string ProxyText(StackDefinition stack)
    {
        var proxy = stack.Proxy;
        var providers = stack.Providers.Select(provider => $"{provider.Id} {List(provider.Hosts.Select(host => host.Value))}");
        var applications = proxy.Applications.Select(application => $"{application.Address} {OwnText(application.Own)}");
        return $"{proxy.Engine}\n{proxy.Destinations}\n{List(proxy.Users.Select(user => $"{user.Name} {OwnText(user.Own)}"))}\n{List(applications)}\n"
            + $"{List(proxy.AllowedDomains.Select(domain => domain.Value))}\n{List(proxy.AllowedPorts.Select(port => $"{port}"))}\n{List(providers)}";
    }

    // The guard holds foreign proxies to their ports.
    private static string BoundsText(StackDefinition stack) =>
        stack.Proxy.Engine == ProxyEngine.Culvert ? "" : List(stack.Proxy.AllowedPorts.Select(port => $"{port}"));

    // The guard lets the engine reach what it publishes of VS Code Server.
    private static string PublishedText(StackDefinition stack) =>
        stack.Runtime == StackRuntime.Compose ? $"\n{stack.Dev.VsCode}" : "";

    private static string OwnText(ApplicationSettings? own) => own is null
        ? ""
        : $"{own.Connections} {own.Destinations} {List(own.AllowedDomains.Select(domain => domain.Value))} {List((own.AllowedPorts ?? []).Select(port => $"{port}"))}";

    // The tunnel role asks the upstreams and the providers whether its exit will do.
    private static string ProbesText(StackDefinition stack) => List(stack.Providers.Select(provider =>
        $"{provider.Id} {provider.Probe.Url} {List(provider.Probe.Rules.Select(rule => $"{rule}"))}"));

    private static string DigestFor(Role role, string text, PlanInput input) =>
        Digest($"{text}\n{List(input.Secrets.Where(secret => secret.Role == role).Select(secret => $"{secret.Key}={secret.Value.Reveal()}"))}");

    // Lengths keep two lists with the same joined text apart.
    private static string List(IEnumerable<string> items) => string.Concat(items.Select(item => $"{item.Length}:{item};"));

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
