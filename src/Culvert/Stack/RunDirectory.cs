namespace Culvert.Stack;

/// <summary>Where the roles of one stack keep what they tell each other: <c>/run/culvert/NAME</c>, on a tmpfs.</summary>
internal sealed record RunDirectory(string Path)
{
    public static RunDirectory For(string stackName) => new($"/run/culvert/{stackName}");

    /// <summary>Makes the roles' directories where they are missing: their containers mount their own there.</summary>
    public void Prepare()
    {
        foreach (var role in new[] { Role.Hold, Role.Tunnel, Role.Resolver, Role.Proxy })
        {
            Directory.CreateDirectory(Of(role));
        }
    }

    /// <summary>Written by hold when the guard stands; see <see cref="NamespaceReport"/>.</summary>
    public string NamespaceReport => $"{Path}/namespace.json";

    /// <summary>A directory that only this role writes (owned by its uid).</summary>
    public string Of(Role role) => $"{Path}/{role.Name}";

    /// <summary>Written by the tunnel role at every change of state; see <see cref="TunnelReport"/>.</summary>
    public string TunnelReport => $"{Of(Role.Tunnel)}/state.json";

    /// <summary>Secrets that this role needs, one file each, named by <see cref="SecretFile.Key"/>.</summary>
    public string SecretsOf(Role role) => $"{Of(role)}/secrets";

    /// <summary>The unix socket on which this role answers its owner; see <see cref="ControlRequest"/>.</summary>
    public string ControlOf(Role role) => $"{Of(role)}/control";

    public string LogOf(string process) => $"{Path}/logs/{process}.log";
}
