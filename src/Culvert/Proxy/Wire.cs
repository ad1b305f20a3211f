using System.Net;
using Culvert.Linux;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy;

/// <summary>
/// One end of a TCP connection with the bytes read ahead of it. Handshakes, bodies and relays see only this, so the
/// engine under it can change. One reader and one writer at a time; <see cref="Abort"/> from anywhere ends both.
/// </summary>
internal sealed class Wire(ReactorSocket socket, IPAddress client) : IDisposable
{
    private const int LingerLimit = 4 * 1024 * 1024;
    private static readonly TimeSpan LingerDeadline = TimeSpan.FromSeconds(2);

    // SOL_SOCKET, SO_LINGER; struct linger { on, seconds }: close resets.
    private static readonly byte[] ResetOnClose = [1, 0, 0, 0, 0, 0, 0, 0];

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _written;

    /// <summary>The address at the far end.</summary>
    public IPAddress Client => client;

    public IPEndPoint? LocalEndPoint => socket.LocalEndPoint;

    /// <summary>For the relay, which moves bytes without taking them in.</summary>
    public ReactorSocket Socket => socket;

    /// <summary>Bytes received and not consumed; valid until the next fill or consume.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    /// <summary>The far end sent something, or its end, while nobody was reading: not fit for another request.</summary>
    public bool HasPendingInput => _end > _start || socket.HasInput;

    /// <summary>Waits for more input behind <see cref="Buffered"/>. The caller bounds what it leaves unconsumed.</summary>
    public async ValueTask<WireRead> FillAsync(int capacity, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryFill(capacity) is { } read)
            {
                return read;
            }

            using var cancellation = socket.Readable.SignalWhen(cancellationToken);
            await socket.Readable.WaitAsync();
        }
    }

    /// <summary>Fills until at least <paramref name="count"/> bytes are there; false when the input ends before.</summary>
    public async ValueTask<bool> EnsureAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (await FillAsync(Math.Max(count, 512), cancellationToken) != WireRead.Data)
            {
                return false;
            }
        }

        return true;
    }

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Release();
        }
    }

    /// <summary>Sends everything; false when the far end is gone.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
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
                return false;
            }

            using var cancellation = socket.Writable.SignalWhen(cancellationToken);
            await socket.Writable.WaitAsync();
        }

        return true;
    }

    /// <summary>Passes on the end of a stream while the other direction goes on.</summary>
    public void ShutdownSend() => socket.ShutdownSend();

    /// <summary>
    /// Closes so that a reply just sent arrives: closing with unread input makes the kernel reset the connection and
    /// drop what is in flight (RFC 9112 section 9.6), so input is read away within a bound first.
    /// </summary>
    public async ValueTask LingerAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        ShutdownSend();
        using var deadline = new Deadline(LingerDeadline, time, cancellationToken);
        try
        {
            for (var drained = 0; drained < LingerLimit; drained += Buffered.Length)
            {
                Consume(Buffered.Length);
                if (await FillAsync(4096, deadline.Token) != WireRead.Data)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The client had its time to read the reply.
        }
    }

    /// <summary>Resets the connection, so that the far end does not take a broken stream for a finished one.</summary>
    public void Abort()
    {
        socket.Use(static descriptor => SocketCalls.SetOption(descriptor, 1, 13, ResetOnClose), 0);
        socket.Dispose();
    }

    public void Dispose()
    {
        socket.Dispose();
        Release();
    }

    // A buffer is found only when there is something to put into it: a connection at rest holds none.
    private WireRead? TryFill(int capacity)
    {
        if (!socket.MayReceive())
        {
            return socket.IsClosed ? WireRead.Broken : null;
        }

        MakeRoom(capacity);
        var count = socket.Receive(_buffer.AsSpan(_end));
        if (count > 0)
        {
            _end += count;
            _written = Math.Max(_written, _end);
            return WireRead.Data;
        }

        if (_start == _end)
        {
            Release();
        }

        return count == 0 ? WireRead.End : count == -Errno.TryAgain ? null : WireRead.Broken;
    }

    private void MakeRoom(int capacity)
    {
        if (_buffer is null)
        {
            _buffer = BufferPool.Rent(capacity);
            return;
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        var unread = _end - _start;
        var next = BufferPool.Rent(Math.Max(capacity, unread * 2));
        _buffer.AsSpan(_start, unread).CopyTo(next);
        Release();
        (_buffer, _end, _written) = (next, unread, unread);
    }

    // A request's head holds credentials: what was received is wiped before the buffer serves someone else.
    private void Release()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            BufferPool.GiveBack(buffer, _written);
        }

        (_start, _end, _written) = (0, 0, 0);
    }
}

/// <summary>How a read ended.</summary>
internal enum WireRead
{
    Data,
    End,
    Broken,
}
