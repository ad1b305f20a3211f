using System.Net;
using System.Net.Sockets;

namespace Culvert.Verification.Probes;

/// <summary>Sends one UDP datagram, to a broadcast address too, and waits for one back.</summary>
internal static class UdpProbe
{
    public static Task<ProbeAnswer> RunAsync(
        IPEndPoint target, string? device, int? fromPort, TimeSpan timeout, CancellationToken cancellationToken) =>
        ProbeAnswer.OfAsync("UDP", target.ToString(), timeout, async limit => (await SendAsync(target, device, fromPort, limit), null), cancellationToken);

    private static async Task<string> SendAsync(IPEndPoint target, string? device, int? fromPort, CancellationToken cancellationToken)
    {
        using var socket = ProbeSocket.Create(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp, device, fromPort);
        if (target.AddressFamily == AddressFamily.InterNetwork)
        {
            socket.EnableBroadcast = true;
        }

        await socket.ConnectAsync(target, cancellationToken);
        await socket.SendAsync("culvert probe"u8.ToArray(), cancellationToken);
        var answer = new byte[2048];
        return $"{await socket.ReceiveAsync(answer, cancellationToken)} bytes";
    }
}
