using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Tests.Proxy.Socks.Udp;

/// <summary>A SOCKS5 client with an association: its TCP connection, and a real UDP socket to send from.</summary>
internal sealed class UdpClient5 : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IPEndPoint _relay;

    private UdpClient5(Peer control, Socket socket, IPEndPoint relay) => (Control, Socket, _relay) = (control, socket, relay);

    public Peer Control { get; }

    public Socket Socket { get; }

    /// <summary>Opens an association that must be granted; <paramref name="declare"/>: tell the port that datagrams will come from.</summary>
    public static async Task<UdpClient5> OpenAsync(ProxyUnderTest proxy, string address = "127.0.0.1", bool declare = false)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        var port = declare ? ((IPEndPoint)socket.LocalEndPoint!).Port : 0;
        var (reply, control, relay) = await AskAsync(proxy, address, port);
        Assert.Equal(0, reply);
        return new UdpClient5(control, socket, relay);
    }

    /// <summary>The reply to a request for an association, and the connection on which it came.</summary>
    public static async Task<(int Reply, Peer Control, IPEndPoint Relay)> AskAsync(ProxyUnderTest proxy, string address = "127.0.0.1", int port = 0)
    {
        var control = await proxy.SocksAsync(address);
        await control.SendAsync([5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, (byte)(port >> 8), (byte)port]);
        var answer = await control.ReadAsync(12);
        Assert.Equal([5, 0, 5], answer[..3]);
        return (answer[3], control, new IPEndPoint(new IPAddress(answer[6..10]), BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(10))));
    }

    public static byte[] HeaderOf(EndPoint to)
    {
        var point = (IPEndPoint)to;
        return [0, 0, 0, 1, .. point.Address.GetAddressBytes(), (byte)(point.Port >> 8), (byte)point.Port];
    }

    public static byte[] HeaderOf(string name, int port) => [0, 0, 0, 3, (byte)name.Length, .. name.Select(letter => (byte)letter), (byte)(port >> 8), (byte)port];

    public void Send(byte[] header, string data) => SendRaw([.. header, .. data.Select(letter => (byte)letter)]);

    public void SendRaw(byte[] datagram) => Socket.SendTo(datagram, _relay);

    /// <summary>The next datagram, without its header, which must be the one of <paramref name="from"/>.</summary>
    public async Task<string> ReceiveAsync(EndPoint from)
    {
        var buffer = new byte[65536];
        using var limit = new CancellationTokenSource(Patience);
        var received = await Socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), limit.Token);
        Assert.Equal(_relay, received.RemoteEndPoint);
        var header = HeaderOf(from);
        Assert.Equal(header, buffer[..header.Length]);
        return System.Text.Encoding.Latin1.GetString(buffer, header.Length, received.ReceivedBytes - header.Length);
    }

    public void Dispose()
    {
        Control.Dispose();
        Socket.Dispose();
    }
}
