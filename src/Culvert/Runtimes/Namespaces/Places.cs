using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What belongs to a stack by its name alone; enough to take it down.</summary>
internal sealed record Places(string Name)
{
    /// <summary>The parent of every stack's run directory.</summary>
    public const string Root = "/run/culvert";

    /// <summary>Where <c>ip netns exec</c> finds the files that it puts over those in /etc.</summary>
    public const string NetnsFilesRoot = "/etc/netns";

    public RunDirectory Run { get; init; } = RunDirectory.For(Name);

    public string Lock => $"{Run.Path}.lock";

    public string VpnNamespace => $"{Name}-vpn";

    public string AppNamespace => $"{Name}-app";

    public string VpnFiles => $"{NetnsFilesRoot}/{VpnNamespace}";

    public string AppFiles => $"{NetnsFilesRoot}/{AppNamespace}";

    public string Configuration => $"{Run.Path}/culvert.yaml";

    public string Journal => $"{Run.Path}/journal";

    /// <summary>Its presence forbids every supervisor of the stack to start anything.</summary>
    public string Stopping => $"{Run.Path}/stopping";

    /// <summary>Is there when the supervisor is somebody's foreground process, which has no keeper of ours.</summary>
    public string Foreground => $"{Run.Path}/foreground";

    public string Units => $"{Run.Path}/units.json";

    public string Applied => $"{Run.Path}/applied.json";

    public string HostBefore => $"{Run.Path}/{HostSnapshot.FileName}";

    public string Logs => $"{Run.Path}/logs";

    public string Pids => $"{Run.Path}/pids";

    /// <summary>By which the VPN client asks the tunnel role for names, where it needs any.</summary>
    public string ClientResolvConf => $"{Run.Path}/client-resolv.conf";

    /// <summary>Where a role sees the program, whatever the permissions on the way to its real place.</summary>
    public string ProgramDirectory => $"{Run.Path}/bin";

    /// <summary>Is there while that uplink has its addresses.</summary>
    public string ReadyOf(string uplink) => $"{Run.Path}/{uplink}.ready";

    public string RecordOf(string unit) => $"{Pids}/{unit}.json";

    public bool IsUp => NamedNamespace.Exists(VpnNamespace) && File.Exists(Run.NamespaceReport);

    public bool HasLeftovers =>
        NamedNamespace.Exists(VpnNamespace) || NamedNamespace.Exists(AppNamespace)
        || Directory.Exists(VpnFiles) || Directory.Exists(AppFiles) || Directory.Exists(Run.Path);
}

/// <summary>The addresses of the namespaces runtime, as Docker would give them out.</summary>
internal sealed record Addressing(NetworkSettings Network)
{
    public const string UplinkInterface = "uplink0";
    public const string VpnNetInterface = "vpnnet0";

    private static readonly IPNetwork[] AppNetworks = [IPNetwork.Parse("10.0.2.0/24"), IPNetwork.Parse("10.0.3.0/24")];

    // slirp4netns gives .2 to the gateway, .3 to its resolver and leaves .100 to the guest.
    public IPAddress UplinkGateway => Nth(Network.Uplink, 2);

    public IPAddress UplinkGuest => Nth(Network.Uplink, 100);

    public IPNetwork AppUplink => AppNetworks.First(network => !network.Contains(Network.VpnNet.BaseAddress));

    public IPAddress AppGateway => Nth(AppUplink, 2);

    public IPAddress AppResolver => Nth(AppUplink, 3);

    public IPAddress AppGuest => Nth(AppUplink, 100);

    // .1 is the bridge's own address under Docker.
    public IPAddress VpnOnVpnNet => Nth(Network.VpnNet, 2);

    public IPAddress AppOnVpnNet => Nth(Network.VpnNet, 3);

    private static IPAddress Nth(IPNetwork network, byte n)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        bytes[^1] += n;
        return new IPAddress(bytes);
    }
}
