using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Culvert.DnsMessages;

namespace Culvert.Verification.Probes;

/// <summary>Asks one DNS server for the IPv4 addresses of a name.</summary>
internal static class DnsProbe
{
    public static Task<ProbeAnswer> RunAsync(
        IPEndPoint server, string name, bool tcp, string? device, TimeSpan timeout, CancellationToken cancellationToken) =>
        ProbeAnswer.OfAsync(
            tcp ? "DNS over TCP" : "DNS over UDP",
            $"{server} {name}",
            timeout,
            async limit => ((await AskAsync(server, name, tcp, device, limit)).ToString(), null),
            cancellationToken);

    public static async Task<DnsResponse> AskAsync(
        IPEndPoint server, string name, bool tcp, string? device, CancellationToken cancellationToken)
    {
        var id = (ushort)Random.Shared.Next(ushort.MaxValue);
        var question = DnsMessage.Question(id, name);
        return DnsMessage.Parse(
            tcp
                ? await AskTcpAsync(server, question, device, cancellationToken)
                : await AskUdpAsync(server, question, device, cancellationToken),
            id);
    }

    private static async Task<byte[]> AskUdpAsync(
        IPEndPoint server, byte[] question, string? device, CancellationToken cancellationToken)
    {
        using var socket = ProbeSocket.Create(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp, device);
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(question, cancellationToken);
        var answer = new byte[4096];
        return answer[..await socket.ReceiveAsync(answer, cancellationToken)];
    }

    // Each message follows its length in two bytes (RFC 1035, section 4.2.2).
    private static async Task<byte[]> AskTcpAsync(
        IPEndPoint server, byte[] question, string? device, CancellationToken cancellationToken)
    {
        using var socket = await ProbeSocket.ConnectTcpAsync(server, device, cancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync((byte[])[(byte)(question.Length >> 8), (byte)question.Length, .. question], cancellationToken);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return answer;
    }
}
