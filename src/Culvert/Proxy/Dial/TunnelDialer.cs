using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Linux;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Dial;

/// <summary>Connects to one address through the tunnel's device, or not at all: SO_BINDTODEVICE holds even without the guard.</summary>
internal sealed class TunnelDialer(TunnelDevice device)
{
    private const int SolSocket = 1;
    private const int SoBindToDevice = 25;

    private readonly byte[]? _device = device.Name is { } name ? Encoding.ASCII.GetBytes(name + '\0') : null;

    /// <summary>The caller's token is the deadline; when it ends, so does this, with <see cref="OperationCanceledException"/>.</summary>
    public async ValueTask<Outcome<Wire>> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        ReactorSocket? socket = null;
        try
        {
            socket = ReactorSocket.Open(address, SocketType.Stream, Reactor.Nearest);
            BindToDevice(socket);
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

    private void BindToDevice(ReactorSocket socket)
    {
        if (_device is { } name && socket.Use(descriptor => SocketCalls.SetOption(descriptor, SolSocket, SoBindToDevice, name), 0) is < 0 and var error)
        {
            throw Errno.Exception(error);
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
