using System.Net;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary>Cases of the conformance suite that come from the uplink's neighbours, seen frame by frame on their side of the cable.</summary>
public sealed class NeighbourTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_23_a_syn_ack_to_the_tunnels_address_from_the_uplink_gets_no_rst()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.StandAsync(lab);
        var tunnel = await box.ConnectAsync();
        Assert.Equal(new ProbeResult(5, 0), await box.Lab.SendSynAckAsync(tunnel, Token));
        Assert.Equal(new ProbeResult(5, 0), await box.Lab.SendSynAckAsync(LabBox.Address, Token));
        await UnguardAsync(box);
        // Every one is answered; on a busy machine an answer to the first volley may be heard with the second.
        Assert.InRange((await box.Lab.SendSynAckAsync(LabBox.Address, Token)).Answers, 5, 10);
        Assert.InRange((await box.Lab.SendSynAckAsync(tunnel, Token)).Answers, 5, 10);
    }

    [Fact]
    public async Task Fault_24_arp_for_the_tunnels_address_gets_no_reply()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.StandAsync(lab);
        var tunnel = await box.ConnectAsync();
        Assert.Equal(new ProbeResult(3, 0), await box.Lab.AskArpAsync(tunnel, Token));
        // The uplink's own address is answered for, or there would be no carrier; without arp_ignore the tunnel's is too.
        Assert.Equal(new ProbeResult(3, 3), await box.Lab.AskArpAsync(LabBox.Address, Token));
        await box.Machine.RequireAsync("sh", ["-c", "for f in /proc/sys/net/ipv4/conf/*/arp_ignore; do echo 0 > $f; done"], Token);
        Assert.Equal(new ProbeResult(3, 3), await box.Lab.AskArpAsync(tunnel, Token));
    }

    [Fact]
    public async Task Fault_25_an_icmp_redirect_changes_no_route()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.PrepareAsync(lab);
        // Without the guard the redirect works: the kernel takes it for its own interface's setting.
        await box.Lab.SendRedirectAsync(LabAddresses.Providers[1].Address, Token);
        Assert.Contains($"via {LabBox.OtherGateway}", await RouteToAsync(box, LabAddresses.Providers[1].Address), StringComparison.Ordinal);

        await box.StandAsync();
        await box.Lab.SendRedirectAsync(lab.Exit1.Address, Token);
        Assert.Contains($"via {LabBox.Gateway}", await RouteToAsync(box, lab.Exit1.Address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_31_and_32_ipv6_that_is_switched_on_again_leaves_not_one_packet()
    {
        const string SwitchOn = "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 0 > $f; done";
        await using var lab = await LabInternet.StartAsync(Token);
        var box = await GuardedBox.StandAsync(lab);
        await Wiring6Async(box);
        var before = await box.Lab.Uplink.ReadAsync(Token);

        // As root without a capability, which is enough for the sysctl and is how a container joins.
        await box.Machine.RequireAsync("setpriv", ["--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs", "sh", "-c", SwitchOn], Token);
        Assert.Equal("0", (await box.Machine.RequireAsync("cat", ["/proc/sys/net/ipv6/conf/uplink/disable_ipv6"], Token)).Trim());
        await TryIpv6Async(box);
        var seen = (await box.Lab.Uplink.ReadAsync(Token)).Since(before);
        Assert.True(seen is { Leaked: 0, Neighbour.Packets: 0, Ipv6.Packets: 0 }, $"{seen}");

        await UnguardAsync(box);
        await TryIpv6Async(box);
        seen = (await box.Lab.Uplink.ReadAsync(Token)).Since(before);
        Assert.True(seen is { Ipv6.Packets: > 0, Neighbour.Packets: > 0 }, $"{seen}");
    }

    private static Task<string> RouteToAsync(GuardedBox box, IPAddress address) =>
        box.Machine.RequireAsync("ip", ["route", "get", $"{address}"], Token);

    private static async Task UnguardAsync(GuardedBox box)
    {
        await box.Machine.RequireAsync("nft", ["delete", "table", "inet", "culvert"], Token);
        await box.Machine.RequireAsync("ip", ["route", "replace", "default", "via", $"{LabBox.Gateway}", "dev", "uplink", "metric", "1"], Token);
    }

    private static async Task Wiring6Async(GuardedBox box)
    {
        await box.Lab.Neighbour.RequireAsync("ip", ["address", "add", "fd00:6::1/64", "dev", "br-uplink", "nodad"], Token);
        await box.Lab.Neighbour.RequireAsync("sysctl", ["-q", "net.ipv6.conf.all.forwarding=1"], Token);
    }

    /// <summary>A static address, then a datagram to the neighbour and one beyond it.</summary>
    private static async Task TryIpv6Async(GuardedBox box)
    {
        const string Send = """
            import socket
            for target in ("fd00:6::1", "2001:db8:100::20"):
                for _ in range(3):
                    try: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", (target, 9))
                    except OSError as refusal: print(target, refusal)
            """;
        await box.Machine.RunAsync("ip", ["-6", "address", "replace", "fd00:6::2/64", "dev", "uplink", "nodad"], Token);
        await box.Machine.RunAsync("ip", ["-6", "route", "replace", "default", "via", "fd00:6::1", "dev", "uplink"], Token);
        await box.Machine.RequireAsync(RepositoryFiles.Python, ["-c", Send], Token);
        await Task.Delay(TimeSpan.FromSeconds(1), Token);
    }
}
