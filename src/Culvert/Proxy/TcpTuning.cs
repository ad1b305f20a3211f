using System.Net.Sockets;

namespace Culvert.Proxy;

/// <summary>Socket options of both sides of every connection.</summary>
internal static class TcpTuning
{
    private const int IdleSeconds = 60;
    private const int ProbeSeconds = 15;
    private const int Probes = 4;

    /// <summary>
    /// No Nagle delay for token streams, and keepalive in place of an idle cut: a reasoning model may be silent for many
    /// minutes, while a peer that is gone is noticed after two.
    /// </summary>
    public static void Apply(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        }
        catch (SocketException)
        {
            // Reset between accept and here; the first read reports it.
        }
    }
}
