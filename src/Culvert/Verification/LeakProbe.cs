using System.Net;
using Culvert.Linux;
using Culvert.Verification.Probes;

namespace Culvert.Verification;

/// <summary>A deliberate attempt to send something past the tunnel, and what it looks like where it leaves.</summary>
internal sealed record LeakProbe(string Title, ProbeRequest Request, byte Protocol, IPAddress Target, int Port)
{
    /// <summary>The local port of a try that could pass for the carrier; no carrier of the VPN client has it.</summary>
    public int? FromPort { get; private init; }

    // Inside, the guard refuses at once; in the twin nobody answers. Longer waits would only make both slower.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public static LeakProbe Tcp(string title, IPAddress target, int port, string? device) => new(
        title, ProbeRequest.Tcp($"{target}", port, Timeout, device).AsNobody(), FrameHeader.Tcp, target, port);

    public static LeakProbe Udp(string title, IPAddress target, int port, string? device) => new(
        title, ProbeRequest.Udp(new IPEndPoint(target, port), Timeout, device).AsNobody(), FrameHeader.Udp, target, port);

    public static LeakProbe Dns(string title, IPAddress server, string name, bool tcp, string? device) => new(
        title,
        ProbeRequest.Dns(new IPEndPoint(server, 53), name, tcp, Timeout, device).AsNobody(),
        tcp ? FrameHeader.Tcp : FrameHeader.Udp,
        server,
        53);

    /// <summary>As root, because the kernel gives raw sockets to nobody else.</summary>
    public static LeakProbe Icmp(string title, IPAddress target, string? device) => new(
        title, ProbeRequest.Icmp(target, Timeout, device), FrameHeader.Icmp, target, 0);

    /// <summary>To the carrier's own address and port, but not by the carrier's user.</summary>
    public static LeakProbe AsCarrier(string title, byte protocol, IPEndPoint target, int fromPort, string? device, bool asRoot = false)
    {
        var request = protocol == FrameHeader.Udp
            ? ProbeRequest.Udp(target, Timeout, device, fromPort)
            : ProbeRequest.Tcp($"{target.Address}", target.Port, Timeout, device, fromPort);
        return new LeakProbe(title, asRoot ? request : request.AsNobody(), protocol, target.Address, target.Port) { FromPort = fromPort };
    }

    public bool IsSeenIn(CaptureReport capture) => capture.Flows.Any(flow =>
        flow.Protocol == Protocol && flow.DestinationPort == Port && flow.IsTo(Target));
}
