using System.Net;
using System.Net.Sockets;
using Culvert.Linux;
using Culvert.Proxy.Engine;

namespace Culvert.Tests.Proxy.Engine;

public sealed class ReactorSocketTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task An_end_that_came_together_with_data_is_not_waited_for()
    {
        using var origin = new Origin();
        using var socket = await ConnectAsync(origin);
        using var peer = await origin.AcceptAsync();
        await peer.SendAsync("last");
        peer.FinishSending();
        while (!socket.HasInput)
        {
            await Task.Yield();
        }

        // The short read empties the socket; the end must not be taken for news still to come.
        var buffer = new byte[64];
        Assert.Equal(4, await socket.ReceiveAsync(buffer, CancellationToken.None));
        Assert.Equal(0, await socket.ReceiveAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_socket_as_it_was()
    {
        using var origin = new Origin();
        using var socket = await ConnectAsync(origin);
        using var peer = await origin.AcceptAsync();
        using var cancellation = new CancellationTokenSource();
        var buffer = new byte[64];
        var reading = socket.ReceiveAsync(buffer, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => reading.WaitAsync(Patience));
        await peer.SendAsync("more");
        Assert.Equal(4, await socket.ReceiveAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task Closing_ends_a_wait_in_either_direction()
    {
        using var origin = new Origin();
        var socket = await ConnectAsync(origin);
        using var peer = await origin.AcceptAsync();
        var reading = socket.ReceiveAsync(new byte[64], CancellationToken.None).AsTask();
        var writing = socket.SendAsync(new byte[64 * 1024 * 1024], CancellationToken.None).AsTask();
        socket.Dispose();
        await Assert.ThrowsAsync<SocketException>(() => reading.WaitAsync(Patience));
        await Assert.ThrowsAsync<SocketException>(() => writing.WaitAsync(Patience));
        Assert.Equal(-Errno.BadDescriptor, socket.Receive(new byte[1]));
        Assert.Equal(-Errno.BadDescriptor, socket.Send(new byte[1]));
    }

    [Fact]
    public async Task A_wait_ends_on_the_loop_of_its_socket()
    {
        using var origin = new Origin();
        foreach (var reactor in Reactor.All.ToArray())
        {
            using var socket = ReactorSocket.Open(IPAddress.Loopback, SocketType.Stream, reactor);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, origin.Port), CancellationToken.None);
            using var peer = await origin.AcceptAsync();
            var reading = ReadAndTellAsync(socket);
            await peer.SendAsync("x");
            Assert.Same(reactor, await reading.WaitAsync(Patience));
        }
    }

    [Fact]
    public async Task A_small_datagram_does_not_hide_the_next()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var socket = ReactorSocket.Open(IPAddress.Loopback, SocketType.Dgram, Reactor.Nearest);
        await socket.ConnectAsync((IPEndPoint)server.LocalEndPoint!, CancellationToken.None);
        for (var index = 1; index <= 3; index++)
        {
            await server.SendToAsync(new byte[index], socket.LocalEndPoint!);
        }

        for (var index = 1; index <= 3; index++)
        {
            Assert.Equal(index, await socket.ReceiveAsync(new byte[64], CancellationToken.None).AsTask().WaitAsync(Patience));
        }
    }

    [Fact]
    public void A_second_listener_on_a_port_in_use_is_refused()
    {
        // An address of this test's own: another may take a port that is free for a moment.
        var first = StreamListener.ListenOnAllLoops(new IPEndPoint(IPAddress.Parse("127.77.0.1"), 0));
        var endPoint = first[0].EndPoint;
        var taken = Assert.Throws<SocketException>(() => StreamListener.ListenOnAllLoops(endPoint));
        Assert.Equal(SocketError.AddressAlreadyInUse, taken.SocketErrorCode);
        Array.ForEach(first, listener => listener.Dispose());
        Array.ForEach(StreamListener.ListenOnAllLoops(endPoint), listener => listener.Dispose());
    }

    private static async Task<ReactorSocket> ConnectAsync(Origin origin)
    {
        var socket = ReactorSocket.Open(IPAddress.Loopback, SocketType.Stream, Reactor.Nearest);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, origin.Port), CancellationToken.None);
        return socket;
    }

    private static async Task<Reactor?> ReadAndTellAsync(ReactorSocket socket)
    {
        while (socket.Receive(new byte[1]) == -Errno.TryAgain)
        {
            await socket.Readable.WaitAsync();
        }

        return Reactor.OfThisThread;
    }
}
