using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>The namespaces of the lab and the cables between them. Pure text for <c>ip -batch</c>; one call a namespace.</summary>
internal static class Wiring
{
    public const string Isp = "isp";
    public const string Host = "host";
    public const string Providers = "providers";
    public const string Eavesdropper = "eavesdropper";

    /// <summary>The ISP's end of the host's cable: everything that leaves the host comes in here.</summary>
    public const string HostLeg = "host0";

    private const string Router = "192.0.2.1";

    public static async Task ConnectAsync(LabSandbox sandbox, CancellationToken cancellationToken)
    {
        await BatchAsync(sandbox.Root, Cables(), cancellationToken);
        await Task.WhenAll(
            IspAsync(sandbox, cancellationToken),
            BatchAsync(sandbox.Namespace(Host), HostEnd(), cancellationToken),
            ExitAsync(sandbox, "exit1", "203.0.113.11", cancellationToken),
            ExitAsync(sandbox, "exit2", "203.0.113.12", cancellationToken),
            BatchAsync(sandbox.Namespace(Providers), ProvidersEnd(), cancellationToken),
            BatchAsync(sandbox.Namespace(Eavesdropper), EavesdropperEnd(), cancellationToken));
    }

    public static Task BatchAsync(LabPlace place, IEnumerable<string> lines, CancellationToken cancellationToken) =>
        place.RequireAsync("ip", ["-batch", "-"], cancellationToken, string.Join('\n', lines) + "\n");

    /// <summary>Sets a sysctl of a network namespace: its path below /proc/sys, and the value.</summary>
    public static Task SysctlAsync(LabPlace place, string path, string value, CancellationToken cancellationToken) =>
        place.RequireAsync("tee", [$"/proc/sys/{path}"], cancellationToken, value);

    /// <summary>What leaves by eth0 gets its address.</summary>
    public static Task MasqueradeAsync(LabPlace place, CancellationToken cancellationToken) => place.RequireAsync(
        "nft",
        ["-f", "-"],
        cancellationToken,
        """
        table ip lab {
          chain nat { type nat hook postrouting priority srcnat; policy accept;
            oifname "eth0" masquerade
          }
        }

        """);

    private static IEnumerable<string> Cables() =>
    [
        .. new[] { Isp, Host, "exit1", "exit2", Providers, Eavesdropper }.Select(name => $"netns add {name}"),
        $"link add {HostLeg} netns {Isp} type veth peer name eth0 netns {Host}",
        $"link add eaves0 netns {Isp} type veth peer name eth0 netns {Eavesdropper}",
        $"link add exit1 netns {Isp} type veth peer name eth0 netns exit1",
        $"link add exit2 netns {Isp} type veth peer name eth0 netns exit2",
        $"link add providers0 netns {Isp} type veth peer name eth0 netns {Providers}",
    ];

    private static async Task IspAsync(LabSandbox sandbox, CancellationToken cancellationToken)
    {
        var isp = sandbox.Namespace(Isp);
        await BatchAsync(
            isp,
            [
                "link set lo up",
                "link add lan type bridge",
                "link add exits type bridge",
                $"link set {HostLeg} master lan up",
                "link set eaves0 master lan up",
                "link set exit1 master exits up",
                "link set exit2 master exits up",
                "link set lan up",
                "link set exits up",
                "link set providers0 up",
                $"address add {Router}/24 dev lan",
                "address add 2001:db8:2::1/64 dev lan nodad",
                "address add 203.0.113.1/24 dev exits",
                "address add 198.51.100.1/24 dev providers0",
                "address add 2001:db8:100::1/64 dev providers0 nodad",
                .. LabAddresses.PublicResolvers.Select(address => $"route add {address}/32 via {LabAddresses.IspResolver}"),
            ],
            cancellationToken);
        await SysctlAsync(isp, "net/ipv4/ip_forward", "1", cancellationToken);
        await SysctlAsync(isp, "net/ipv6/conf/all/forwarding", "1", cancellationToken);
    }

    private static IEnumerable<string> HostEnd() =>
    [
        "link set lo up",
        "link set eth0 up",
        $"address add {LabAddresses.Host}/24 dev eth0",
        $"address add {LabAddresses.HostV6}/64 dev eth0 nodad",
        $"route add default via {Router}",
        "route add default via 2001:db8:2::1",
    ];

    private static async Task ExitAsync(LabSandbox sandbox, string name, string address, CancellationToken cancellationToken)
    {
        var exit = sandbox.Namespace(name);
        await BatchAsync(
            exit,
            ["link set lo up", "link set eth0 up", $"address add {address}/24 dev eth0", "route add default via 203.0.113.1"],
            cancellationToken);
        await SysctlAsync(exit, "net/ipv4/ip_forward", "1", cancellationToken);
        await MasqueradeAsync(exit, cancellationToken);
    }

    private static IEnumerable<string> ProvidersEnd() =>
    [
        "link set lo up",
        "link set eth0 up",
        $"address add {LabAddresses.DotResolver}/24 dev eth0",
        .. LabAddresses.Providers.Select(provider => $"address add {provider.Address}/24 dev eth0"),
        .. LabAddresses.Providers.Where(provider => provider.AddressV6 is not null).Select(provider => $"address add {provider.AddressV6}/64 dev eth0 nodad"),
        "route add default via 198.51.100.1",
        "route add default via 2001:db8:100::1",
    ];

    private static IEnumerable<string> EavesdropperEnd() =>
    [
        "link set lo up",
        "link set eth0 up",
        $"address add {LabAddresses.IspResolver}/24 dev eth0",
        .. LabAddresses.PublicResolvers.Select(address => $"address add {address}/32 dev lo"),
        $"route add default via {Router}",
    ];
}
