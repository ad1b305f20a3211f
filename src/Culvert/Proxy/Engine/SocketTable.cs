namespace Culvert.Proxy.Engine;

/// <summary>
/// Sockets by descriptor, which is what epoll hands back. An event may be older than a descriptor's present owner; it is
/// then a signal without cause, which <see cref="Readiness"/> allows.
/// </summary>
internal static class SocketTable
{
    private static readonly Lock Growing = new();
    private static ReactorSocket?[] _sockets = new ReactorSocket?[256];

    public static ReactorSocket? Of(int descriptor)
    {
        var sockets = Volatile.Read(ref _sockets);
        return descriptor < sockets.Length ? Volatile.Read(ref sockets[descriptor]) : null;
    }

    public static void Put(int descriptor, ReactorSocket? socket)
    {
        lock (Growing)
        {
            if (descriptor >= _sockets.Length)
            {
                var larger = new ReactorSocket?[Math.Max(descriptor + 1, _sockets.Length * 2)];
                _sockets.CopyTo(larger, 0);
                Volatile.Write(ref _sockets, larger);
            }

            _sockets[descriptor] = socket;
        }
    }
}
