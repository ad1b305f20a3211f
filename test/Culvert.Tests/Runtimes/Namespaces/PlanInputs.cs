using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

/// <summary>What <c>up</c> would plan from, on a machine that never brought a stack up.</summary>
internal static class PlanInputs
{
    public const string Yaml = """
        name: work
        vpn:
          driver: openvpn
          locations: [frankfurt.ovpn]
        proxy:
          users: {alice: secrets/alice}
        """;

    private static readonly HostFacts FreshMachine =
        new("desk", "passwd: files\nhosts: mymachines resolve files\n", HasNamespaceDirectory: false, HasNetnsFilesRoot: false, "/opt/culvert/culvert");

    public static PlanInput Default { get; } = Of(Yaml, Secrets("client\nremote 203.0.113.11 443", "correct horse"));

    public static PlanInput Of(string yaml, params RoleSecret[] secrets)
    {
        using var folder = new TemporaryFolder();
        var load = StackLoader.LoadForRole(folder.Write("culvert.yaml", yaml), "/secrets");
        return new PlanInput(load.Stack ?? throw new ArgumentException(string.Join('\n', load.Findings)), yaml, [.. secrets], FreshMachine);
    }

    public static RoleSecret[] Secrets(string profile, string password) =>
    [
        new(Role.Tunnel, "vpn.locations.0", new Secret(profile)),
        new(Role.Hold, "vpn.locations.0", new Secret(profile)),
        new(Role.Proxy, "proxy.users.alice", new Secret(password)),
    ];
}
