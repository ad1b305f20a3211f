using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What is left of a process's privileges when it enters a namespace. Capabilities are named as setpriv names them.</summary>
internal sealed record Entry(int Uid, int Gid)
{
    /// <summary>The groups of the user database; otherwise none.</summary>
    public bool InitGroups { get; init; }

    /// <summary>All that it may ever have.</summary>
    public ImmutableArray<string> Bounding { get; init; } = [];

    /// <summary>Those of <see cref="Bounding"/> that a user other than root has from the start.</summary>
    public ImmutableArray<string> Ambient { get; init; } = [];

    /// <summary>Gives it a /dev/net/tun that it may open.</summary>
    public bool Tun { get; init; }

    /// <summary>Where the program's directory is mounted for it; null for not at all.</summary>
    public string? ProgramDirectory { get; init; }

    /// <summary>Somebody's own command runs no program of ours.</summary>
    public bool IsRole => ProgramDirectory is not null;

    /// <summary>A resolv.conf of the process's own; null for the namespace's.</summary>
    public string? ResolvConf { get; init; }

    /// <summary>
    /// AdGuard's client insists on root and makes its own tun0, for which it needs the role's one capability. Root's group tells
    /// it from dev's root (docs/adr/0005).
    /// </summary>
    public static Entry ForTunnelAsRoot(string resolvConf) =>
        new(0, Role.Tunnel.Uid) { Bounding = ["net_admin"], Tun = true, ResolvConf = resolvConf };

    public static Entry ForRole(Role role) => role.Name switch
    {
        // SETPCAP lets hold empty its own bounding set once the guard stands.
        "hold" => new Entry(role.Uid, role.Uid) { Bounding = ["net_admin", "setpcap"] },
        "tunnel" => new Entry(role.Uid, role.Uid) { Bounding = ["net_admin"], Ambient = ["net_admin"], Tun = true },
        _ => new Entry(role.Uid, role.Uid),
    };

    /// <summary>The options of <c>culvert enter</c>.</summary>
    public IEnumerable<string> ToArguments() =>
    [
        "--uid", $"{Uid}",
        "--gid", $"{Gid}",
        .. InitGroups ? ["--init-groups"] : Array.Empty<string>(),
        .. Bounding.SelectMany(capability => new[] { "--bounding", capability }),
        .. Ambient.SelectMany(capability => new[] { "--ambient", capability }),
        .. Tun ? ["--tun"] : Array.Empty<string>(),
        .. ResolvConf is { } resolvConf ? ["--resolv-conf", resolvConf] : Array.Empty<string>(),
        .. ProgramDirectory is { } directory ? ["--program-directory", directory] : Array.Empty<string>(),
    ];

    /// <summary>The options of setpriv(1), before the command.</summary>
    public IEnumerable<string> ToSetpriv() =>
    [
        $"--reuid={Uid}",
        $"--regid={Gid}",
        InitGroups ? "--init-groups" : "--clear-groups",
        $"--bounding-set={Only(Bounding)}",
        $"--inh-caps={Only(Ambient)}",
        $"--ambient-caps={Only(Ambient)}",
        "--no-new-privs",
        "--",
    ];

    private static string Only(ImmutableArray<string> capabilities) =>
        string.Join(',', capabilities.Select(capability => $"+{capability}").Prepend("-all"));
}
