using System.Net;
using System.Net.Sockets;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Dial;

/// <summary>Connects to one address through the tunnel's device, or not at all: SO_BINDTODEVICE holds even without the guard.</summary>
internal sealed class TunnelDialer(TunnelDevice device)
{
    /// <summary>The caller's token is the deadline; when it ends, so does this, with <see cref="OperationCanceledException"/>.</summary>
    public async ValueTask<Outcome<Wire>> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        ReactorSocket? socket = null;
        try
        {
            socket = ReactorSocket.Open(address, SocketType.Stream, Reactor.Nearest);
            device.Bind(socket);
            socket.Apply(TcpTuning.Server);
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            var wire = new Wire(socket, address);
            socket = null;
            return wire;
        }
        catch (SocketException e)
        {
            return device.IsUp() ? FailureOf(e.SocketErrorCode) : ProxyFailure.TunnelDown;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static ProxyFailure FailureOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset => ProxyFailure.ConnectionRefused,
        SocketError.TimedOut => ProxyFailure.TimedOut,
        SocketError.NetworkUnreachable or SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported => ProxyFailure.NetworkUnreachable,
        SocketError.NetworkDown => ProxyFailure.TunnelDown,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => ProxyFailure.TooBusy,

        // EHOSTUNREACH, and EACCES or EPERM where a firewall on the way refuses.
        _ => ProxyFailure.HostUnreachable,
    };
}
