using System.Net;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>
/// What left by an interface. It can be trusted when nothing was dropped, nothing overflowed, and every proof frame that
/// the capture sent itself was seen.
/// </summary>
internal sealed record CaptureReport(
    string Interface,
    DateTimeOffset From,
    DateTimeOffset Until,
    long Frames,
    long Dropped,
    long NotListed,
    int ProofsSent,
    int ProofsSeen,
    IReadOnlyList<CapturedFlow> Flows)
{
    /// <summary>Null when it can be trusted, otherwise why not.</summary>
    public string? Doubt => this switch
    {
        { Dropped: > 0 } => $"the kernel dropped {Dropped} frames before the capture on {Interface} read them",
        { NotListed: > 0 } => $"{NotListed} frames on {Interface} belong to more flows than the capture can list",
        { ProofsSent: 0 } => $"the capture on {Interface} could not prove that it sees what leaves: the link is not Ethernet",
        _ when ProofsSeen != ProofsSent => $"the capture on {Interface} saw {ProofsSeen} of the {ProofsSent} frames that it sent as proof",
        _ => null,
    };
}

/// <summary>Frames with the same addresses and ports, and how many; addresses are text so that JSON reads well.</summary>
internal sealed record CapturedFlow(
    int EtherType,
    int? Protocol,
    string? Source,
    int SourcePort,
    string? Destination,
    int DestinationPort,
    bool LaterFragment,
    long Frames)
{
    public static CapturedFlow Of(FrameHeader header, long frames) => new(
        header.EtherType,
        header.Protocol,
        header.Source?.ToString(),
        header.SourcePort,
        header.Destination?.ToString(),
        header.DestinationPort,
        header.LaterFragment,
        frames);

    public bool IsTo(IPAddress address) => IPAddress.TryParse(Destination, out var own) && own.Equals(address);

    /// <summary>One line for people: <c>UDP 172.30.97.100:40000 → 8.8.8.8:53, 2 frames</c>.</summary>
    public string Describe()
    {
        var kind = (EtherType, Protocol) switch
        {
            (FrameHeader.ArpType, _) => "ARP",
            (_, FrameHeader.Tcp) => "TCP",
            (_, FrameHeader.Udp) => "UDP",
            (_, FrameHeader.Icmp) => "ICMP",
            (_, FrameHeader.IcmpV6) => "ICMPv6",
            (_, { } number) => $"IP protocol {number}",
            _ => $"EtherType 0x{EtherType:x4}",
        };
        var addresses = Destination is null ? "" : $" {End(Source, SourcePort)} → {End(Destination, DestinationPort)}";
        return $"{kind}{addresses}{(LaterFragment ? " (fragment)" : "")}, {Frames} frame{(Frames == 1 ? "" : "s")}";
    }

    private static string End(string? address, int port) => port == 0
        ? $"{address}"
        : address?.Contains(':') == true ? $"[{address}]:{port}" : $"{address}:{port}";
}
