using System.Net.Sockets;

namespace Culvert.Linux;

/// <summary>
/// One document, told to whoever connects to an abstract Unix socket: the kernel keeps such names by network namespace, so
/// containers that share one need no file in common. Each side is known to the other by its uid (SO_PEERCRED, unix(7)).
/// </summary>
internal sealed class LocalAnswer : IDisposable
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int Most = 1 << 20;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <exception cref="SocketException">The name is taken, by another process of the namespace.</exception>
    public LocalAnswer(string name)
    {
        listener.Bind(EndPoint(name));
        listener.Listen();
    }

    /// <summary>
    /// Tells <paramref name="content"/>, as it is then, to processes of these uids, until cancelled. Null says nothing, and neither does what cannot be read:
    /// <paramref name="unreadable"/> is told the first time, and again after it could be read in between.
    /// </summary>
    public async Task ServeAsync(IReadOnlyCollection<int> readers, Func<byte[]?> content, Action<Exception> unreadable, CancellationToken cancellationToken)
    {
        var isReadable = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            using var reader = await listener.AcceptAsync(cancellationToken);
            try
            {
                if (readers.Contains(UidOf(reader)))
                {
                    var document = content();
                    isReadable = true;
                    if (document is not null)
                    {
                        // What does not fit into the socket at once belongs to a reader that does not read: nobody waits for it.
                        reader.Blocking = false;
                        reader.Send(document);
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (isReadable)
                {
                    unreadable(e);
                }

                isReadable = false;
            }
            catch (SocketException)
            {
                // The reader has gone; the next one is waiting.
            }
        }
    }

    /// <summary>The document; null when nobody of these uids tells one.</summary>
    public static async Task<byte[]?> AskAsync(string name, IReadOnlyCollection<int> tellers, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(EndPoint(name), cancellationToken);
            if (!tellers.Contains(UidOf(socket)))
            {
                return null;
            }

            using var document = new MemoryStream();
            var buffer = new byte[4096];
            while (document.Length < Most && await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var length)
            {
                document.Write(buffer, 0, length);
            }

            return document.Length > 0 ? document.ToArray() : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Dispose() => listener.Dispose();

    private static UnixDomainSocketEndPoint EndPoint(string name) => new($"\0{name}");

    // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
    private static int UidOf(Socket peer)
    {
        Span<byte> credentials = stackalloc byte[12];
        peer.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return BitConverter.ToInt32(credentials[4..]);
    }
}
