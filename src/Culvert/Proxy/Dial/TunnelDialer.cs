using System.Net;
using System.Net.Sockets;
using System.Text;

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
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (_device is not null)
            {
                socket.SetRawSocketOption(SolSocket, SoBindToDevice, _device);
            }

            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            var wire = new Wire(socket);
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
