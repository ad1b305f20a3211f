using System.Net;
using System.Net.Sockets;

namespace Culvert.Tests.Proxy;

/// <summary>A server on loopback whose connections a test plays by hand.</summary>
internal sealed class Origin : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public Origin(string address = "127.0.0.1")
    {
        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        _listener.Listen(1024);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public bool HasCaller => _listener.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public async Task<Peer> AcceptAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return new Peer(await _listener.AcceptAsync(limit.Token));
    }

    public void Dispose() => _listener.Dispose();
}
