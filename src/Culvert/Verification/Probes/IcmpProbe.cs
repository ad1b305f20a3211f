using System.Net;
using System.Net.Sockets;

namespace Culvert.Verification.Probes;

/// <summary>Sends one ICMP echo request by a raw socket (needs CAP_NET_RAW) and waits for any ICMP answer to it.</summary>
internal static class IcmpProbe
{
    // RFC 792: type 8, code 0, checksum, identifier, sequence. Checksum: ~(0x0800 + 0x6376).
    private static readonly byte[] EchoRequest = [8, 0, 0x94, 0x89, 0x63, 0x76, 0, 0];

    public static Task<ProbeAnswer> RunAsync(
        IPAddress target, string? device, TimeSpan timeout, CancellationToken cancellationToken) =>
        ProbeAnswer.OfAsync("ICMP echo", target.ToString(), timeout, async limit => (await PingAsync(target, device, limit), null), cancellationToken);

    private static async Task<string> PingAsync(IPAddress target, string? device, CancellationToken cancellationToken)
    {
        using var socket = ProbeSocket.Create(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp, device);
        await socket.ConnectAsync(new IPEndPoint(target, 0), cancellationToken);
        await socket.SendAsync(EchoRequest, cancellationToken);
        var answer = new byte[2048];
        return $"{await socket.ReceiveAsync(answer, cancellationToken)} bytes";
    }
}
