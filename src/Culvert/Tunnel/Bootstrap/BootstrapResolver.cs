using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Culvert.DnsMessages;
using Culvert.Stack;

namespace Culvert.Tunnel.Bootstrap;

/// <summary>
/// Answers the VPN client's names before there is a tunnel. The guard lets nobody but the tunnel role and its client reach the
/// address, or names of dev's would leave beside tun0. Names are neither logged nor kept.
/// </summary>
internal sealed class BootstrapResolver(BootstrapUpstream upstream, IPEndPoint address, RunDirectory run, TimeProvider time, TextWriter output)
{
    private const int LeastMessage = 12;
    private const int AtOnce = 32;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    /// <summary>Until cancelled; what goes wrong with a socket is said, and tried again.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(AgainAndAgainAsync(UdpAsync, cancellationToken), AgainAndAgainAsync(TcpAsync, cancellationToken));

    private async Task AgainAndAgainAsync(Func<CancellationToken, Task> serveAsync, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await serveAsync(cancellationToken);
            }
            catch (SocketException e)
            {
                output.WriteLine($"tunnel: answering names for the VPN client at {address}: {e.Message}; trying again");
                await Task.Delay(Again, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task UdpAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(address);
        var answering = new List<Task>();
        var buffer = new byte[ushort.MaxValue];
        while (true)
        {
            var came = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellationToken);
            answering.RemoveAll(task => task.IsCompleted);
            if (came.ReceivedBytes >= LeastMessage && answering.Count < AtOnce)
            {
                answering.Add(AnswerAsync(socket, buffer[..came.ReceivedBytes], came.RemoteEndPoint, cancellationToken));
            }
        }
    }

    private async Task AnswerAsync(Socket socket, byte[] query, EndPoint asker, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync(query, cancellationToken);
            await socket.SendToAsync(DnsReply.ForUdp(query, answer), asker, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            // The asker is gone, or sent no question; it asks again or gives up.
        }
    }

    private async Task TcpAsync(CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(address);
        listener.Listen(AtOnce);
        var serving = new List<Task>();
        while (true)
        {
            var asker = await listener.AcceptAsync(cancellationToken);
            serving.RemoveAll(task => task.IsCompleted);
            if (serving.Count < AtOnce)
            {
                serving.Add(ServeAsync(asker, cancellationToken));
            }
            else
            {
                asker.Dispose();
            }
        }
    }

    private async Task ServeAsync(Socket asker, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var stream = new NetworkStream(asker, ownsSocket: true);
            var length = new byte[sizeof(ushort)];
            while (true)
            {
                await stream.ReadExactlyAsync(length, either.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, either.Token);
                await stream.WriteAsync(BootstrapUpstream.Framed(await AskAsync(query, either.Token)), either.Token);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException or OperationCanceledException)
        {
            // The asker has hung up, said nothing for too long or sent no question.
        }
    }

    private async Task<byte[]> AskAsync(byte[] query, CancellationToken cancellationToken)
    {
        // Before anything is asked: what is no question is not passed on.
        var failure = DnsReply.Failure(query);
        return Uplink() is { } uplink && await upstream.AskAsync(uplink, query, cancellationToken) is { } answer ? answer : failure;
    }

    // Read each time: hold may have found another one since.
    private string? Uplink()
    {
        try
        {
            return ReportFile.ReadNamespace(run.NamespaceReport)?.Uplink.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            output.WriteLine($"tunnel: reading {run.NamespaceReport}: {e.Message}");
            return null;
        }
    }
}
