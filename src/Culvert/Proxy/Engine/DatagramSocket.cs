using System.Net;
using System.Net.Sockets;
using Culvert.Linux;

namespace Culvert.Proxy.Engine;

/// <summary>A datagram in a buffer of the loop, valid during the call; <see cref="Headroom"/> bytes in front of it are free for use.</summary>
internal readonly ref struct Datagram(byte[] buffer, int length, IPEndPoint from)
{
    /// <summary>As much as the longest SOCKS5 header of a reply takes.</summary>
    public const int Headroom = 22;

    public IPEndPoint From => from;

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(Headroom, length);

    /// <summary>The bytes with <paramref name="header"/> bytes of room before them.</summary>
    public Span<byte> WithHeader(int header) => buffer.AsSpan(Headroom - header, header + length);
}

/// <summary>
/// A UDP socket on a loop. It never sends fragments: what is larger than the way allows is refused by the kernel
/// (IP_PMTUDISC_DO), and the sender's protocol finds a size that passes.
/// </summary>
internal sealed class DatagramSocket : IDisposable
{
    private const int LargestDatagram = 65535;
    private const int DatagramsOfTurn = 128;

    private static readonly SocketSetting WithoutFragments4 = new(0, 10, 2); // SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO
    private static readonly SocketSetting WithoutFragments6 = new(41, 23, 2); // SOL_IPV6, IPV6_MTU_DISCOVER

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly ReactorSocket _socket;

    private DatagramSocket(ReactorSocket socket) => _socket = socket;

    public delegate void Handler(Datagram datagram);

    public IPEndPoint EndPoint => _socket.LocalEndPoint!;

    /// <summary>Bound to an address where <paramref name="prepare"/> does so; throws <see cref="SocketException"/>.</summary>
    public static DatagramSocket Open(AddressFamily family, Reactor reactor, Action<ReactorSocket> prepare)
    {
        var isIPv4 = family == AddressFamily.InterNetwork;
        var socket = ReactorSocket.Open(isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, SocketType.Dgram, reactor);
        try
        {
            socket.Apply([isIPv4 ? WithoutFragments4 : WithoutFragments6]);
            prepare(socket);
            socket.Register();
            return new DatagramSocket(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Throws <see cref="SocketException"/> when the port is taken.</summary>
    public static DatagramSocket Listen(IPEndPoint endPoint, Reactor reactor) => Open(endPoint.AddressFamily, reactor, socket =>
    {
        if (socket.Use(descriptor => SocketCalls.Bind(descriptor, endPoint), -Errno.BadDescriptor) is < 0 and var error)
        {
            throw Errno.Exception(error);
        }
    });

    /// <summary>The count sent, or a negated errno; a datagram is sent whole or not at all.</summary>
    public int Send(ReadOnlySpan<byte> bytes, IPEndPoint to) => _socket.SendTo(bytes, to);

    /// <summary>Hands every datagram over, until the socket is disposed.</summary>
    public async Task ReceiveAllAsync(Handler handler)
    {
        await _socket.Reactor.SwitchAsync();
        while (!_socket.IsClosed)
        {
            if (ReceiveSome(handler))
            {
                await Reactor.YieldAsync();
            }
            else
            {
                await _socket.Readable.WaitAsync();
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>True when there may be more at once.</summary>
    private bool ReceiveSome(Handler handler)
    {
        var scratch = _scratch ??= GC.AllocateUninitializedArray<byte>(Datagram.Headroom + LargestDatagram);
        for (var turn = 0; turn < DatagramsOfTurn; turn++)
        {
            var count = _socket.ReceiveFrom(scratch.AsSpan(Datagram.Headroom), out var from);
            if (count == -Errno.TryAgain || count == -Errno.BadDescriptor)
            {
                return false;
            }

            // Another error is one that the kernel remembered of an earlier send, and has now told.
            if (count >= 0 && from is not null)
            {
                handler(new Datagram(scratch, count, from));
            }
        }

        return true;
    }
}
