using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Verification.Probes;

/// <summary>Opens one TCP connection; with a payload, sends it and tells the first line of what comes back.</summary>
internal static class TcpProbe
{
    private const int MostRead = 4096;

    public static Task<ProbeAnswer> RunAsync(
        string host, int port, string? device, int? fromPort, byte[]? payload, TimeSpan timeout, CancellationToken cancellationToken) =>
        ProbeAnswer.OfAsync(
            "TCP",
            host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}",
            timeout,
            async limit => (await ExchangeAsync(host, port, device, fromPort, payload, limit), null),
            cancellationToken);

    private static async Task<string> ExchangeAsync(
        string host, int port, string? device, int? fromPort, byte[]? payload, CancellationToken cancellationToken)
    {
        var address = IPAddress.TryParse(host, out var literal)
            ? literal
            : (await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, cancellationToken))[0];
        using var socket = await ProbeSocket.ConnectTcpAsync(new IPEndPoint(address, port), device, cancellationToken, fromPort);
        if (payload is null)
        {
            return "connected";
        }

        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(payload, cancellationToken);
        var answer = new byte[MostRead];
        var length = await stream.ReadAtLeastAsync(answer, 1, throwOnEndOfStream: false, cancellationToken);
        return length == 0 ? "closed without a word" : Encoding.Latin1.GetString(answer, 0, length).Split('\r', '\n')[0];
    }
}
