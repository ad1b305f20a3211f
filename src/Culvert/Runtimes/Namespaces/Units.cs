using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>The processes of a stack.</summary>
internal static class Units
{
    public const string Uplink = "uplink";
    public const string AppUplink = "app-uplink";
    public const string Supervisor = "supervisor";
    public const string Keeper = "keeper";

    /// <summary>Near slirp4netns's largest, which costs the least per byte.</summary>
    public const int UplinkMtu = 65520;

    public static ImmutableArray<UnitDefinition> Of(Places places, Addressing addressing, string program, VpnDriver driver)
    {
        var uplink = new UplinkSetup(
            places.VpnNamespace,
            Addressing.UplinkInterface,
            $"{addressing.UplinkGuest}/{addressing.Network.Uplink.PrefixLength}",
            $"{addressing.UplinkGateway}",
            places.ReadyOf(Uplink),
            Guarded: true);
        var appUplink = new UplinkSetup(
            places.AppNamespace,
            Addressing.UplinkInterface,
            $"{addressing.AppGuest}/{addressing.AppUplink.PrefixLength}",
            $"{addressing.AppGateway}",
            places.ReadyOf(AppUplink),
            Guarded: false);
        return
        [
            UplinkUnit(Uplink, uplink, addressing.Network.Uplink, "--disable-dns"),
            // An application's other traffic is ordinary, names included.
            UplinkUnit(AppUplink, appUplink, addressing.AppUplink),
            RoleUnit(places, Role.Hold, Entry.ForRole(Role.Hold), program) with { WaitsFor = uplink.Ready },
            RoleUnit(places, Role.Tunnel, TunnelEntry(places, driver), program) with { Stale = places.Run.TunnelReport },
            RoleUnit(places, Role.Resolver, Entry.ForRole(Role.Resolver), program),
            RoleUnit(places, Role.Proxy, Entry.ForRole(Role.Proxy), program),
        ];
    }

    /// <summary>The supervisor and its keeper start each other, so that no single kill -9 ends supervision.</summary>
    public static UnitDefinition SupervisorUnit(Places places, string program) =>
        new(Supervisor, [program, "supervise", "--name", places.Name], WaitsFor: places.Units);

    public static UnitDefinition KeeperUnit(Places places, string program) =>
        new(Keeper, [program, "supervise", "--name", places.Name, "--keeper"], WaitsFor: places.Units);

    // --configure is left out: its default route would come before the tunnel's, and its MAC and MTU would be its own.
    private static UnitDefinition UplinkUnit(string name, UplinkSetup setup, IPNetwork network, params string[] more) =>
        new(
            name,
            [
                "slirp4netns", "--netns-type=path", $"--cidr={network}", $"--mtu={UplinkMtu}", "--disable-host-loopback",
                "--enable-sandbox", "--enable-seccomp", .. more, NamedNamespace.PathOf(setup.Namespace), setup.Interface,
            ],
            Stale: setup.Ready,
            Uplink: setup);

    /// <summary>How the tunnel role, and what is run beside it, enters.</summary>
    public static Entry TunnelEntry(Places places, VpnDriver driver) =>
        driver == VpnDriver.AdGuard ? Entry.ForTunnelAsRoot(places.ClientResolvConf) : Entry.ForRole(Role.Tunnel);

    /// <summary>The unit of this name as it is now: a change of culvert.yaml may have changed it since the supervisor began.</summary>
    public static UnitDefinition Current(Places places, UnitDefinition unit) =>
        !File.Exists(places.Units)
            ? unit
            : JsonSerializer.Deserialize(File.ReadAllText(places.Units), RuntimeJson.Default.ImmutableArrayUnitDefinition)
                .FirstOrDefault(other => other.Name == unit.Name) ?? unit;

    private static UnitDefinition RoleUnit(Places places, Role role, Entry how, string program)
    {
        var entry = how with { ProgramDirectory = places.ProgramDirectory };
        return new(
            role.Name,
            [
                "ip", "netns", "exec", places.VpnNamespace, program, "enter", .. entry.ToArguments(), "--",
                $"{places.ProgramDirectory}/{Path.GetFileName(program)}", role.Name,
                "--config", places.Configuration, "--run", places.Run.Path,
            ],
            WaitsFor: places.Run.NamespaceReport);
    }
}
