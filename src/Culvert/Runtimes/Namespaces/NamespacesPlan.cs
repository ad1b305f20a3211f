using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Everything that bringing a stack up does to the machine, in order. Nothing in it names the host's own network.</summary>
internal static class NamespacesPlan
{
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode RootOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OpenDirectory =
        ReadableByAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // The role writes, and cannot put a link in place of what root wrote into it.
    private const UnixFileMode RoleDirectory = OpenDirectory | UnixFileMode.GroupWrite | UnixFileMode.StickyBit;

    private const UnixFileMode SecretsDirectory =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private static readonly Role[] Roles = [Role.Hold, Role.Tunnel, Role.Resolver, Role.Proxy];

    public static ImmutableArray<PlanStep> Of(PlanInput input)
    {
        var places = new Places(input.Stack.Name);
        var addressing = new Addressing(input.Stack.Network);
        return
        [
            .. RunDirectory(places),
            InRun(places, new RecordHost(places.HostBefore)),
            .. Files(input),
            Applied(input),
            .. NameResolution(places, addressing, input.Host),
            .. Namespaces(places, input.Host),
            .. Sysctls(places),
            .. Links(places, addressing),
            new(new StartSupervisor(), new StopProcesses(places.Name)),
        ];
    }

    /// <summary>What a changed configuration writes anew while the namespaces stay.</summary>
    public static IEnumerable<PlanStep> Files(PlanInput input)
    {
        var places = new Places(input.Stack.Name);
        var units = Units.Of(places, new Addressing(input.Stack.Network), input.Host.Program, input.Stack.Vpn.Driver);
        foreach (var secret in input.Secrets)
        {
            yield return InRun(places, new WriteSecret($"{places.Run.SecretsOf(secret.Role)}/{secret.Key}", secret.Value, secret.Role.Uid));
        }

        if (input.Stack.Vpn.Driver == VpnDriver.AdGuard)
        {
            yield return InRun(places, new WriteFile(places.ClientResolvConf, NameFiles.ResolvConf(IPAddress.Parse(Role.BootstrapAddress)), ReadableByAll));
        }

        yield return InRun(places, new WriteFile(places.Configuration, input.ConfigurationText, ReadableByAll));
        yield return InRun(places, new WriteFile(places.Units, JsonSerializer.Serialize(units, RuntimeJson.Default.ImmutableArrayUnitDefinition), ReadableByAll));
    }

    /// <summary>Comes last in a change: what is on record as applied, roles that run have read.</summary>
    public static PlanStep Applied(PlanInput input)
    {
        var places = new Places(input.Stack.Name);
        return InRun(places, new WriteFile(places.Applied, AppliedInputs.Of(input).ToJson(), RootOnly));
    }

    private static IEnumerable<PlanStep> RunDirectory(Places places)
    {
        yield return new(new MakeDirectory(places.Run.Path, OpenDirectory, 0, 0), new RemoveTree(places.Run.Path));
        foreach (var directory in (string[])[places.Logs, places.Pids, places.ProgramDirectory])
        {
            yield return InRun(places, new MakeDirectory(directory, OpenDirectory, 0, 0));
        }

        foreach (var role in Roles)
        {
            yield return InRun(places, new MakeDirectory(places.Run.Of(role), RoleDirectory, 0, role.Uid));
            yield return InRun(places, new MakeDirectory(places.Run.SecretsOf(role), SecretsDirectory, 0, role.Uid));
        }
    }

    private static IEnumerable<PlanStep> NameResolution(Places places, Addressing addressing, HostFacts host)
    {
        if (!host.HasNetnsFilesRoot)
        {
            yield return new(new MakeDirectory(Places.NetnsFilesRoot, OpenDirectory, 0, 0), new RemoveEmptyDirectory(Places.NetnsFilesRoot));
        }

        foreach (var (directory, resolver) in new[] { (places.VpnFiles, IPAddress.Loopback), (places.AppFiles, addressing.AppResolver) })
        {
            yield return new(new MakeDirectory(directory, OpenDirectory, 0, 0), new RemoveTree(directory));
            foreach (var (name, text) in new[]
            {
                ("resolv.conf", NameFiles.ResolvConf(resolver)),
                ("hosts", NameFiles.Hosts(host.HostName, addressing.VpnOnVpnNet)),
                ("nsswitch.conf", NameFiles.NsswitchConf(host.NameServiceSwitch)),
            })
            {
                yield return new(new WriteFile($"{directory}/{name}", text, ReadableByAll), new GoesWith(directory));
            }
        }
    }

    private static IEnumerable<PlanStep> Namespaces(Places places, HostFacts host)
    {
        if (!host.HasNamespaceDirectory)
        {
            yield return new(new MakeDirectory(NamedNamespace.Directory, OpenDirectory, 0, 0), new UnmountEmptyDirectory(NamedNamespace.Directory));
        }

        foreach (var space in (string[])[places.VpnNamespace, places.AppNamespace])
        {
            yield return new(new AddNamespace(space), new DeleteNamespace(space));
        }

        yield return new(new CloseNamespace(places.VpnNamespace), new GoesWith(places.VpnNamespace));
    }

    private static IEnumerable<PlanStep> Sysctls(Places places)
    {
        var space = places.VpnNamespace;
        (string Key, string Value)[] settings =
        [
            // First, because changing it resets others. A new namespace inherits it from the host, where Docker turns it on.
            ("net.ipv4.ip_forward", "0"),
            ("net.ipv6.conf.all.disable_ipv6", "1"),
            ("net.ipv6.conf.default.disable_ipv6", "1"),
            ("net.ipv4.conf.all.arp_ignore", "2"),
            ("net.ipv4.conf.default.arp_ignore", "2"),
            ("net.ipv4.conf.all.accept_redirects", "0"),
            ("net.ipv4.conf.default.accept_redirects", "0"),
            ("net.ipv4.ip_unprivileged_port_start", "53"),
        ];
        return settings.Select(setting => new PlanStep(new SetSysctl(space, setting.Key, setting.Value), new GoesWith(space)));
    }

    private static IEnumerable<PlanStep> Links(Places places, Addressing addressing)
    {
        var (vpn, app, link) = (places.VpnNamespace, places.AppNamespace, Addressing.VpnNetInterface);
        var prefix = addressing.Network.VpnNet.PrefixLength;
        yield return new(new RunIp("-n", vpn, "link", "set", "lo", "up"), new GoesWith(vpn));
        yield return new(new RunIp("-n", app, "link", "set", "lo", "up"), new GoesWith(app));
        yield return new(new RunIp("link", "add", link, "netns", vpn, "type", "veth", "peer", "name", link, "netns", app), new GoesWith(vpn));
        yield return new(new RunIp("-n", vpn, "address", "add", $"{addressing.VpnOnVpnNet}/{prefix}", "dev", link), new GoesWith(vpn));
        yield return new(new RunIp("-n", app, "address", "add", $"{addressing.AppOnVpnNet}/{prefix}", "dev", link), new GoesWith(app));
        yield return new(new RunIp("-n", vpn, "link", "set", link, "up"), new GoesWith(vpn));
        yield return new(new RunIp("-n", app, "link", "set", link, "up"), new GoesWith(app));
    }

    private static PlanStep InRun(Places places, Deed deed) => new(deed, new GoesWith(places.Run.Path));
}
