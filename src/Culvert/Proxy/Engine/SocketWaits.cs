using System.Net;
using System.Net.Sockets;
using Culvert.Linux;

namespace Culvert.Proxy.Engine;

/// <summary>Whole operations on a socket, each a try and a wait in turn; failures are <see cref="SocketException"/>.</summary>
internal static class SocketWaits
{
    public static async ValueTask ConnectAsync(this ReactorSocket socket, IPEndPoint to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = socket.Connect(to);
        if (result is 0 or -Errno.InProgress)
        {
            socket.Register();
        }

        while (result == -Errno.InProgress)
        {
            using (socket.Writable.SignalWhen(cancellationToken))
            {
                await socket.Writable.WaitAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            socket.Writable.Take();
            result = socket.Connect(to);
        }

        if (result < 0)
        {
            throw Errno.Exception(result);
        }
    }

    /// <summary>The count of bytes, 0 at the end of a stream.</summary>
    public static async ValueTask<int> ReceiveAsync(this ReactorSocket socket, Memory<byte> into, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = socket.Receive(into.Span);
            if (count != -Errno.TryAgain)
            {
                return count >= 0 ? count : throw Errno.Exception(count);
            }

            using var cancellation = socket.Readable.SignalWhen(cancellationToken);
            await socket.Readable.WaitAsync();
        }
    }

    /// <summary>Sends everything.</summary>
    public static async ValueTask SendAsync(this ReactorSocket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = socket.Send(bytes.Span);
            if (count >= 0)
            {
                bytes = bytes[count..];
                continue;
            }

            if (count != -Errno.TryAgain)
            {
                throw Errno.Exception(count);
            }

            using var cancellation = socket.Writable.SignalWhen(cancellationToken);
            await socket.Writable.WaitAsync();
        }
    }
}
