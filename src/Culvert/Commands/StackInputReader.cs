using System.Collections.Immutable;
using Culvert.Proxy.Pair;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Tunnel.Drivers;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Commands;

/// <summary>Reads from disk all that a plan depends on, and gives each role only the secrets that it needs.</summary>
internal static class StackInputReader
{
    /// <summary>Null when there are <paramref name="problems"/>.</summary>
    public static PlanInput? Read(StackDefinition stack, string configuration, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        problems = found;
        var secrets = ImmutableArray.CreateBuilder<RoleSecret>();
        try
        {
            foreach (var profile in stack.Vpn.Locations.Select(location => location.Profile).OfType<SecretFile>())
            {
                AddProfile(stack.Vpn.Driver, profile, secrets, found);
            }

            if (stack.Vpn.Password is { } password)
            {
                secrets.Add(new(Role.Tunnel, password.Key, password.Read()));
            }

            found.AddRange(PairCredentials.Problems(stack.Proxy));
            secrets.AddRange(stack.Proxy.Users.Select(user => new RoleSecret(Role.Proxy, user.Password.Key, user.Password.Read())));
            var text = File.Exists(configuration) ? File.ReadAllText(configuration) : "";
            return found.Count == 0 ? new PlanInput(stack, text, secrets.ToImmutable(), HostFactsReader.Read()) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found.Add($"reading the stack's files: {e.Message}");
            return null;
        }
    }

    // hold learns where the servers are and no key.
    private static void AddProfile(VpnDriver driver, SecretFile file, ImmutableArray<RoleSecret>.Builder secrets, List<string> found)
    {
        (string Whole, string Servers)? texts;
        IReadOnlyList<string> problems;
        if (driver == VpnDriver.WireGuard)
        {
            texts = WireGuardProfile.Load(file, whole: true, out problems) is { } profile ? (profile.SelfContained, profile.EndpointsOnly) : null;
        }
        else
        {
            texts = OpenVpnProfile.Load(file, out problems) is { } profile ? (profile.SelfContained, profile.RemotesOnly) : null;
        }

        found.AddRange(problems);
        if (texts is var (whole, servers))
        {
            secrets.Add(new(Role.Tunnel, file.Key, new Secret(whole)));
            secrets.Add(new(Role.Hold, file.Key, new Secret(servers)));
        }
    }
}
