using System.Net;
using CsCheck;
using Culvert.Linux;
using Culvert.Verification.Probes;
using static Culvert.Tests.Verification.Observations;

namespace Culvert.Tests.Verification.Probes;

public sealed class FlowTableTests
{
    [Fact]
    public void Counts_every_frame_once_and_lists_no_more_flows_than_it_has_room_for() => Gen.UShort[0, 40].Array[0, 200].Sample(ports =>
    {
        var table = new FlowTable(10);
        Array.ForEach(ports, port => table.Add(Frame(port)));
        return table.Frames == ports.Length
            && table.Flows.Count == Math.Min(10, ports.Distinct().Count())
            && table.Flows.Sum(flow => flow.Frames) + table.NotListed == ports.Length
            && table.Flows.All(flow => flow.Frames == ports.Count(port => port == flow.DestinationPort));
    });

    [Fact]
    public void The_captures_own_proofs_are_no_traffic()
    {
        var table = new FlowTable(1);
        table.Add(Frame(1) with { IsProof = true });
        Assert.Equal((1, 0L, 0), (table.ProofsSeen, table.Frames, table.Flows.Count));
    }

    [Fact]
    public void A_flow_reads_as_a_line()
    {
        Assert.Equal("UDP 172.30.97.100:40000 → 8.8.8.8:53, 2 frames", Flow(frames: 2).Describe());
        Assert.Equal("ARP 172.30.97.100 → 172.30.97.2, 2 frames", Arp.Describe());
        Assert.Equal("TCP 172.30.97.100:40000 → [2001:db8::1]:443, 1 frame", Flow(FrameHeader.Tcp, "2001:db8::1", 443, FrameHeader.IPv6Type).Describe());
        Assert.Equal("UDP 172.30.97.100 → 8.8.8.8 (fragment), 1 frame", Flow(port: 0, fromPort: 0, laterFragment: true).Describe());
        Assert.Equal("IP protocol 47 172.30.97.100 → 8.8.8.8, 1 frame", Flow(47, port: 0, fromPort: 0).Describe());
        Assert.Equal("EtherType 0x88cc, 1 frame", Flow(null, null, 0, 0x88cc).Describe());
    }

    private static CapturedFrame Frame(ushort port) => new(
        new FrameHeader(FrameHeader.IPv4Type, FrameHeader.Udp, IPAddress.Loopback, 1, IPAddress.Loopback, port, LaterFragment: false), IsProof: false);
}
