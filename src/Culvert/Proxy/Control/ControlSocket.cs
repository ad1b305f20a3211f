using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Culvert.Proxy.Engine;
using Culvert.Stack;

namespace Culvert.Proxy.Control;

/// <summary>
/// The role's control socket: a unix socket that only its owner (and root) may open. One question a connection, one
/// connection at a time, so that there is nothing to bound.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    private const int LongestQuestion = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly StreamListener _listener;
    private readonly string _path;
    private readonly TimeProvider _time;

    /// <summary>Takes the place of a socket that an earlier process left; throws <see cref="SocketException"/> or <see cref="IOException"/>.</summary>
    public ControlSocket(string path, TimeProvider time)
    {
        (_path, _time) = (path, time);
        File.Delete(path);
        _listener = StreamListener.ListenPrivately(path, Reactor.All[0]);
    }

    /// <summary>Serves until the token ends.</summary>
    public async Task RunAsync(Func<ControlRequest, ControlAnswer> answer, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                using var asker = (await _listener.AcceptAsync(stopping)).Socket;
                await ServeAsync(asker, answer, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private async Task ServeAsync(ReactorSocket asker, Func<ControlRequest, ControlAnswer> answer, CancellationToken stopping)
    {
        using var deadline = new Deadline(Patience, _time, stopping);
        try
        {
            if (await ReadLineAsync(asker, deadline.Token) is not { } line)
            {
                return;
            }

            // Answering a reload reads files, which no loop waits for.
            var said = await Task.Run(() => Answer(line, answer), deadline.Token);
            var bytes = JsonSerializer.SerializeToUtf8Bytes(said, ControlJson.Default.ControlAnswer);
            await asker.SendAsync((byte[])[.. bytes, (byte)'\n'], deadline.Token);
        }
        catch (SocketException)
        {
            // Whoever asked has gone; there is nobody to tell.
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // It asked nothing, or does not read; the next one may.
        }
    }

    private static ControlAnswer Answer(string line, Func<ControlRequest, ControlAnswer> answer)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ControlJson.Default.ControlRequest) is { Ask: not null } request
                ? answer(request)
                : new ControlAnswer("the question names nothing to do; write it as {\"ask\":\"calls\"}");
        }
        catch (JsonException)
        {
            return new ControlAnswer("the question is not JSON; write it as {\"ask\":\"calls\"}");
        }
    }

    private static async Task<string?> ReadLineAsync(ReactorSocket asker, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestQuestion];
        for (var length = 0; length < buffer.Length;)
        {
            var count = await asker.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (count == 0)
            {
                return null;
            }

            length += count;
            if (buffer.AsSpan(0, length).IndexOf((byte)'\n') is >= 0 and var end)
            {
                return Encoding.UTF8.GetString(buffer, 0, end);
            }
        }

        return null;
    }
}
