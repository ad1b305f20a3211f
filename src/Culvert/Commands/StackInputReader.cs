using System.Collections.Immutable;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Tunnel.Drivers;

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

    private static void AddProfile(VpnDriver driver, SecretFile file, ImmutableArray<RoleSecret>.Builder secrets, List<string> found)
    {
        if (driver != VpnDriver.OpenVpn)
        {
            secrets.Add(new(Role.Tunnel, file.Key, file.Read()));
            return;
        }

        if (OpenVpnProfile.Load(file, out var problems) is not { } profile)
        {
            found.AddRange(problems);
            return;
        }

        secrets.Add(new(Role.Tunnel, file.Key, new Secret(profile.SelfContained)));
        secrets.Add(new(Role.Hold, file.Key, new Secret(profile.RemotesOnly)));
    }
}
