namespace Culvert.Proxy.Engine;

/// <summary>
/// Sockets by descriptor, which is what epoll hands back. An event may be older than a descriptor's present owner; it is
/// then a signal without cause, which <see cref="Readiness"/> allows. Pages come as they are needed and stay, so that
/// loops never wait for each other here.
/// </summary>
internal static class SocketTable
{
    private const int PageSize = 1024;
    private const int MaximumPages = 1024;

    private static readonly ReactorSocket?[]?[] Pages = new ReactorSocket?[]?[MaximumPages];

    public static ReactorSocket? Of(int descriptor) =>
        Volatile.Read(ref Pages[descriptor / PageSize]) is { } page ? Volatile.Read(ref page[descriptor % PageSize]) : null;

    public static void Put(int descriptor, ReactorSocket? socket)
    {
        ref var place = ref Pages[descriptor / PageSize];
        var page = Volatile.Read(ref place);
        if (page is null)
        {
            var empty = new ReactorSocket?[PageSize];
            page = Interlocked.CompareExchange(ref place, empty, null) ?? empty;
        }

        Volatile.Write(ref page[descriptor % PageSize], socket);
    }
}
