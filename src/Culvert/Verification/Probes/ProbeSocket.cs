using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Verification.Probes;

/// <summary>Sockets for probes, tied to one interface where asked (SO_BINDTODEVICE needs no right since Linux 5.7).</summary>
internal static class ProbeSocket
{
    private const int SolSocket = 1;
    private const int BindToDevice = 25;

    public static Socket Create(AddressFamily family, SocketType type, ProtocolType protocol, string? device, int? fromPort = null)
    {
        var socket = new Socket(family, type, protocol);
        try
        {
            if (device is not null)
            {
                socket.SetRawSocketOption(SolSocket, BindToDevice, Encoding.UTF8.GetBytes(device + "\0"));
            }

            if (fromPort is { } port)
            {
                socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<Socket> ConnectTcpAsync(
        IPEndPoint target, string? device, CancellationToken cancellationToken, int? fromPort = null)
    {
        var socket = Create(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp, device, fromPort);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(target, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
