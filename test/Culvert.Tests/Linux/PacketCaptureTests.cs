using System.Net;
using System.Net.Sockets;
using Culvert.Linux;

namespace Culvert.Tests.Linux;

/// <summary>On a veth pair of its own.</summary>
public sealed class PacketCaptureTests
{
    private static readonly IPAddress Own = IPAddress.Parse("192.0.2.1");
    private static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.2"), 53);

    [Fact]
    public async Task Sees_what_leaves_and_its_own_proof_after_it()
    {
        await using var link = await Link.CreateAsync();
        var seen = link.Here.Inside(() =>
        {
            using var capture = PacketCapture.Open("uplink0");
            Send(Peer);
            return UntilProof(capture);
        });
        var header = Assert.Single(seen, frame => frame.Protocol == FrameHeader.Udp);
        Assert.Equal((Own, Peer.Address, 53), (header.Source, header.Destination, header.DestinationPort));
    }

    [Fact]
    public async Task Sees_nothing_that_a_ruleset_drops_and_nothing_that_comes_in()
    {
        await using var link = await Link.CreateAsync();
        await link.Here.RunAsync("nft", "add table inet t; add chain inet t o { type filter hook output priority 0; }; add rule inet t o udp dport 53 drop");
        var seen = link.Here.Inside(() =>
        {
            using var capture = PacketCapture.Open("uplink0");
            try
            {
                Send(Peer);
            }
            catch (SocketException)
            {
                // A dropped datagram is reported to its sender.
            }

            link.There.Inside(() => Send(new IPEndPoint(Own, 9)));
            return UntilProof(capture);
        });
        Assert.DoesNotContain(seen, frame => frame.DestinationPort is 53 or 9);
    }

    [Fact]
    public async Task Tells_its_own_proof_from_that_of_another_capture()
    {
        await using var link = await Link.CreateAsync();
        var (others, mine) = link.Here.Inside(() =>
        {
            using var one = PacketCapture.Open("uplink0");
            using var other = PacketCapture.Open("uplink0");
            UntilProof(other);
            var seen = UntilProof(one);
            return (seen.Count(frame => frame.EtherType == FrameHeader.ArpType), UntilProof(one).Count(frame => frame.EtherType == FrameHeader.ArpType));
        });
        Assert.Equal((1, 0), (others, mine));
    }

    [Fact]
    public async Task A_link_without_ARP_gives_no_proof()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.IpAsync("tuntap add dev tun0 mode tun");
        Assert.False(space.Inside(() =>
        {
            using var capture = PacketCapture.Open("tun0");
            return capture.SendProof(Own);
        }));
    }

    [Fact]
    public async Task Counts_what_the_kernel_dropped_because_nobody_read()
    {
        const int Flood = 60_000;
        await using var link = await Link.CreateAsync();
        var (all, again) = link.Here.Inside(() =>
        {
            using var capture = PacketCapture.Open("uplink0");
            Send(Peer, Flood);
            return (capture.ReadStatistics(), capture.ReadStatistics());
        });
        Assert.True(all is { Received: > 0, Dropped: > 0 } && all.Received + all.Dropped >= Flood, $"{all}");
        Assert.Equal(new CaptureStatistics(0, 0), again);
    }

    [Fact]
    public void A_missing_interface_is_named()
    {
        Requires.Root();
        Assert.Contains("finding interface nothing0 failed", Assert.Throws<IOException>(() => PacketCapture.Open("nothing0")).Message);
    }

    /// <summary>Two namespaces joined by a link; the peer's hardware address is known, so that no ARP is needed first.</summary>
    private sealed class Link : IAsyncDisposable
    {
        public required TestNamespace Here { get; init; }

        public required TestNamespace There { get; init; }

        public static async Task<Link> CreateAsync()
        {
            var link = new Link { Here = await TestNamespace.CreateAsync("nft"), There = await TestNamespace.CreateAsync() };
            await link.Here.ConnectAsync("uplink0", $"{Own}/24", link.There, "peer0", $"{Peer.Address}/24");
            await link.There.IpAsync("link set peer0 address 02:00:00:00:00:02");
            await link.Here.IpAsync($"neighbour replace {Peer.Address} lladdr 02:00:00:00:00:02 dev uplink0");
            return link;
        }

        public async ValueTask DisposeAsync()
        {
            await Here.DisposeAsync();
            await There.DisposeAsync();
        }
    }

    internal static int Send(IPEndPoint to, int times = 1)
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < times; i++)
        {
            socket.SendTo("x"u8, to);
        }

        return times;
    }

    private static List<FrameHeader> UntilProof(PacketCapture capture)
    {
        Assert.True(capture.SendProof(Own));
        List<FrameHeader> seen = [];
        while (capture.Receive(TimeSpan.FromSeconds(5)) is { } frame)
        {
            if (frame.IsProof)
            {
                return seen;
            }

            seen.Add(frame.Header);
        }

        throw new InvalidOperationException("the proof was not seen");
    }
}
