using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tests.Proxy.Socks.Udp;

/// <summary>A UDP server on loopback that a test plays by hand.</summary>
internal sealed class UdpOrigin : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public UdpOrigin(string address = "127.0.0.1") => _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public int Port => EndPoint.Port;

    /// <summary>Whether a datagram waits.</summary>
    public bool HasAny => _socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public async Task<(string Text, EndPoint From)> ReceiveAsync()
    {
        var buffer = new byte[65536];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), limit.Token);
        return (Encoding.Latin1.GetString(buffer, 0, received.ReceivedBytes), received.RemoteEndPoint);
    }

    public void Send(string text, EndPoint to) => _socket.SendTo(Encoding.Latin1.GetBytes(text), to);

    public void Dispose() => _socket.Dispose();
}
