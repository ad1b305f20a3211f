using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>One thing that bringing a stack up does to the machine. Its text is what <c>--dry-run</c> prints.</summary>
internal abstract record Deed
{
    private protected static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}

internal sealed record MakeDirectory(string Path, UnixFileMode Mode, int Owner, int Group) : Deed
{
    public override string ToString() => $"make directory {Path} ({Octal(Mode)}, {Owner}:{Group})";
}

internal sealed record WriteFile(string Path, string Text, UnixFileMode Mode) : Deed
{
    public override string ToString() => $"write {Path} ({Octal(Mode)}, 0:0)";
}

internal sealed record WriteSecret(string Path, Secret Value, int Owner) : Deed
{
    public override string ToString() => $"write {Path} (0400, {Owner}:0), a secret";
}

/// <summary>What `verify` compares the host's network with.</summary>
internal sealed record RecordHost(string Path) : Deed
{
    public override string ToString() => $"write {Path}: the host's routes, rules, nftables, links and sysctls as they are now";
}

internal sealed record AddNamespace(string Name) : Deed
{
    public override string ToString() => $"ip netns add {Name}";
}

/// <summary>
/// Forbids every packet before the namespace has an interface. hold replaces this in one transaction; until then a process
/// that is there early (measured: one that waits for the namespace's name) would talk through the bare uplink.
/// </summary>
internal sealed record CloseNamespace(string Name) : Deed
{
    public const string Ruleset = """
        table inet culvert {
          chain output { type filter hook output priority filter; policy drop; }
          chain input { type filter hook input priority filter; policy drop; }
          chain forward { type filter hook forward priority filter; policy drop; }
        }

        """;

    public override string ToString() => $"in {Name}: nft -f -, a table that drops everything until hold puts the guard in its place";
}

internal sealed record SetSysctl(string Namespace, string Key, string Value) : Deed
{
    public override string ToString() => $"in {Namespace}: {Key}={Value}";
}

internal sealed record RunIp(params string[] Arguments) : Deed
{
    public override string ToString() => $"ip {string.Join(' ', Arguments)}";
}

internal sealed record StartSupervisor : Deed
{
    public override string ToString() => "start the supervisor, which starts the uplinks and the roles";
}
