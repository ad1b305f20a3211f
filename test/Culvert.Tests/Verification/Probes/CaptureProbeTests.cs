using System.Net;
using System.Net.Sockets;
using Culvert.Linux;
using Culvert.Tests.Linux;
using Culvert.Verification;
using Culvert.Verification.Probes;

namespace Culvert.Tests.Verification.Probes;

public sealed class CaptureProbeTests
{
    private static readonly IPAddress Own = IPAddress.Parse("192.0.2.1");

    [Fact]
    public async Task Lists_every_flow_that_left_after_it_was_ready_and_can_be_trusted()
    {
        await using var here = await TestNamespace.CreateAsync();
        await using var there = await TestNamespace.CreateAsync();
        await here.ConnectAsync("uplink0", $"{Own}/24", there, "peer0", "192.0.2.2/24");
        await there.IpAsync("link set peer0 address 02:00:00:00:00:02");
        await here.IpAsync("neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev uplink0");
        var report = here.Inside(() =>
        {
            using var stop = new CancellationTokenSource();
            return CaptureProbe.Run("uplink0", Own, () => Send(stop), stop.Token);
        });

        Assert.Null(report.Doubt);
        Assert.Equal((2, 2), (report.ProofsSent, report.ProofsSeen));
        var flow = Assert.Single(report.Flows, flow => flow.Protocol == FrameHeader.Udp);
        Assert.Equal((3, "192.0.2.2", 53), (flow.Frames, flow.Destination, flow.DestinationPort));
    }

    [Fact]
    public async Task On_a_link_without_ARP_it_cannot_be_trusted()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.IpAsync("tuntap add dev tun0 mode tun", "link set tun0 up");
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        Assert.Contains("not Ethernet", space.Inside(() => CaptureProbe.Run("tun0", Own, () => { }, stopped.Token)).Doubt);
    }

    /// <summary>The twin of a leak check lets everything out, IPv6 too: otherwise it would prove nothing.</summary>
    [Fact]
    public async Task In_a_twin_every_kind_of_try_is_seen()
    {
        Requires.Root("ip", "nsenter", "unshare", "bash", "tee");
        var (uplink, gateway) = (IPAddress.Parse("172.30.97.100"), IPAddress.Parse("172.30.97.2"));
        var token = TestContext.Current.CancellationToken;
        await using var twin = await Twin.CreateAsync("uplink0", uplink, gateway, token);
        await using var capture = await CaptureSession.StartAsync(
            twin.Standpoint.Command(Path.Combine(AppContext.BaseDirectory, "culvert"), ["probe", "capture", "--interface", "uplink0", "--own-address", $"{uplink}", "--json"]), token);
        await twin.Standpoint.RunAsync("bash", ["-c", "for to in udp/8.8.8.8/53 udp/172.30.97.2/53 udp/2001:db8::1/53; do echo x > /dev/$to; done; timeout 0.2 bash -c 'echo x > /dev/tcp/1.1.1.1/443'"], token);
        var report = await capture.StopAsync(token);
        Assert.Null(report.Doubt);
        LeakProbe[] tries =
        [
            LeakProbe.Udp("a", IPAddress.Parse("8.8.8.8"), 53, null), LeakProbe.Udp("b", gateway, 53, null),
            LeakProbe.Udp("c", IPAddress.Parse("2001:db8::1"), 53, null), LeakProbe.Tcp("d", IPAddress.Parse("1.1.1.1"), 443, null),
        ];
        Assert.Equal(new Control(true, "in a twin without the guard the same 4 tries were all seen leaving"), LeakJudge.ControlOf(tries, new LeakTrial(report, [])));
    }

    private static void Send(CancellationTokenSource stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < 3; i++)
        {
            socket.SendTo("x"u8, new IPEndPoint(IPAddress.Parse("192.0.2.2"), 53));
        }

        stop.Cancel();
    }
}
