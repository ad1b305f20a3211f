using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Run;

/// <summary>A process of a running stack that can be killed, and how to know it among the host's.</summary>
public sealed record Victim(string Name, Func<LabProcessEntry, bool> Matches)
{
    public static readonly Victim Client = new("VPN client", process => process.Name == "openvpn");
    public static readonly Victim Hold = Role("hold");
    public static readonly Victim Tunnel = Role("tunnel");
    public static readonly Victim Proxy = Role("proxy");
    public static readonly Victim Resolver = new("resolver", process => process.Name == "unbound");
    public static readonly Victim Uplink = new("uplink", process => process.Name == "slirp4netns" && process.CommandLine.Any(word => word.EndsWith("/culvert-vpn", StringComparison.Ordinal)));
    public static readonly Victim Supervisor = new("supervisor", process => Verb(process) == "supervise" && !process.CommandLine.Contains("--keeper"));
    public static readonly Victim Keeper = new("keeper", process => Verb(process) == "supervise" && process.CommandLine.Contains("--keeper"));

    /// <summary>Every process that a stack consists of.</summary>
    public static IReadOnlyList<Victim> All { get; } = [Client, Tunnel, Proxy, Resolver, Hold, Uplink, Supervisor, Keeper];

    /// <summary>Those that run now, usually one.</summary>
    public IReadOnlyList<LabProcessEntry> In(LabMachine machine) => [.. machine.Processes.Where(Matches)];

    public override string ToString() => Name;

    private static Victim Role(string name) => new(name, process => Verb(process) == name);

    private static string? Verb(LabProcessEntry process) =>
        process.CommandLine is [var program, var verb, ..] && Path.GetFileName(program) == "culvert" ? verb : null;
}
