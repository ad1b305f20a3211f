using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tests.Proxy;

/// <summary>One end of a real TCP connection in a test. Every wait ends after ten seconds with a failure.</summary>
internal sealed class Peer(Socket socket) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Socket Socket => socket;

    /// <summary><paramref name="from"/>: another address of loopback to come from.</summary>
    public static async Task<Peer> ConnectAsync(IPEndPoint to, string? from = null)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        }

        await socket.ConnectAsync(to);
        return new Peer(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Patience);
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), limit.Token);
        }
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            using var limit = new CancellationTokenSource(Patience);
            var length = await socket.ReceiveAsync(bytes.AsMemory(read), limit.Token);
            Assert.True(length > 0, $"the connection ended after {read} of {count} bytes: {Encoding.Latin1.GetString(bytes, 0, read)}");
            read += length;
        }

        return bytes;
    }

    public async Task<string> ReadTextAsync(int count) => Encoding.Latin1.GetString(await ReadAsync(count));

    /// <summary>Up to and with the text.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            text.Append((await ReadTextAsync(1))[0]);
        }

        return text.ToString();
    }

    public Task<string> ReadHeadAsync() => ReadUntilAsync("\r\n\r\n");

    /// <summary>Everything until the far end closes; a reset ends it too and shows as such.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                using var limit = new CancellationTokenSource(Patience);
                var length = await socket.ReceiveAsync(buffer, limit.Token);
                if (length == 0)
                {
                    return text.ToString();
                }

                text.Append(Encoding.Latin1.GetString(buffer, 0, length));
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return text.Append("<reset>").ToString();
        }
    }

    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Dispose() => socket.Dispose();
}
