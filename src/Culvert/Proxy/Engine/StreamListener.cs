using System.Net;
using System.Net.Sockets;
using Culvert.Linux;

namespace Culvert.Proxy.Engine;

/// <summary>A connection that was accepted, and the address at its far end.</summary>
internal readonly record struct Accepted(ReactorSocket Socket, IPAddress Peer);

/// <summary>
/// A port that a loop listens on. Loops share a port by SO_REUSEPORT: the kernel spreads the connections, and each stays
/// with the loop that accepted it.
/// </summary>
internal sealed class StreamListener : IDisposable
{
    private const int Backlog = 4096;
    private const int SolSocket = 1;
    private static readonly SocketSetting ReuseAddress = new(SolSocket, 2, 1);
    private static readonly SocketSetting ReusePort = new(SolSocket, 15, 1);

    private readonly ReactorSocket _socket;

    private StreamListener(ReactorSocket socket) => _socket = socket;

    public IPEndPoint EndPoint => _socket.LocalEndPoint!;

    /// <summary>One listener a loop; throws <see cref="SocketException"/> when the port is taken.</summary>
    public static StreamListener[] ListenOnAllLoops(IPEndPoint endPoint)
    {
        // With SO_REUSEPORT a second proxy would silently share the port; a bind without it tells.
        Bind(endPoint, Reactor.All[0], [ReuseAddress]).Dispose();
        var listeners = new List<StreamListener>();
        try
        {
            foreach (var reactor in Reactor.All)
            {
                listeners.Add(new StreamListener(Listen(Bind(endPoint, reactor, [ReuseAddress, ReusePort, .. TcpTuning.Client]))));
                endPoint = listeners[0].EndPoint;
            }

            return [.. listeners];
        }
        catch (SocketException)
        {
            listeners.ForEach(listener => listener.Dispose());
            throw;
        }
    }

    /// <summary>A unix socket that only its owner may connect to: before listen(2), when it is not yet, nobody can.</summary>
    public static StreamListener ListenPrivately(string path, Reactor reactor)
    {
        var descriptor = SocketCalls.OpenUnix();
        var socket = descriptor >= 0 ? new ReactorSocket(descriptor, reactor) : throw Errno.Exception(descriptor);
        Check(socket, SocketCalls.BindUnix(descriptor, path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new StreamListener(Listen(socket));
    }

    /// <summary>Throws <see cref="SocketException"/> for what accept(2) reports, and when the listener is closed.</summary>
    public async ValueTask<Accepted> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _socket.Readable.Take();
            var descriptor = _socket.Accept(out var peer);
            if (descriptor >= 0)
            {
                var socket = new ReactorSocket(descriptor, _socket.Reactor);
                socket.Register();
                return new Accepted(socket, peer);
            }

            if (descriptor != -Errno.TryAgain)
            {
                throw Errno.Exception(descriptor);
            }

            using var cancellation = _socket.Readable.SignalWhen(cancellationToken);
            await _socket.Readable.WaitAsync();
        }
    }

    public void Dispose() => _socket.Dispose();

    private static ReactorSocket Bind(IPEndPoint endPoint, Reactor reactor, ReadOnlySpan<SocketSetting> settings)
    {
        var socket = ReactorSocket.Open(endPoint.Address, SocketType.Stream, reactor);
        socket.Apply(settings);
        Check(socket, socket.Use(descriptor => SocketCalls.Bind(descriptor, endPoint), -Errno.BadDescriptor));
        return socket;
    }

    private static ReactorSocket Listen(ReactorSocket socket)
    {
        Check(socket, socket.Use(descriptor => SocketCalls.Listen(descriptor, Backlog), -Errno.BadDescriptor));
        socket.Register();
        return socket;
    }

    private static void Check(ReactorSocket socket, int result)
    {
        if (result < 0)
        {
            socket.Dispose();
            throw Errno.Exception(result);
        }
    }
}
