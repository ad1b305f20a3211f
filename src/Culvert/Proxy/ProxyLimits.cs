using Culvert.Proxy.Engine;

namespace Culvert.Proxy;

/// <summary>Bounds that keep the proxy answering whatever its clients do.</summary>
internal sealed record ProxyLimits
{
    /// <summary>Descriptors kept for listeners, logs, the runtime and questions to the resolver.</summary>
    private const int ReservedDescriptors = 40;

    /// <summary>A tunnel at rest costs about two kilobytes, so descriptors are what limits first.</summary>
    public int Connections { get; init; } = 16384;

    /// <summary>All of dev arrives from one address, so this is a share and not a handful.</summary>
    public int ConnectionsPerClient { get; init; } = 12288;

    /// <summary>UDP associations at once; each is also a connection.</summary>
    public int Associations { get; init; } = 1024;

    public int AssociationsPerClient { get; init; } = 64;

    /// <summary>
    /// How long an association may carry nothing (RFC 4787: two minutes at least). The guard lets no answer out to a client
    /// for longer: then the kernel has forgotten that it asked (nf_conntrack_udp_timeout_stream).
    /// </summary>
    public TimeSpan UdpIdle { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>From accept to the end of the request's head; a client that sends byte by byte is cut by it.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Resolving and connecting together.</summary>
    public TimeSpan Dial { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a kept-alive HTTP connection may wait for its next request.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>How long connections may go on after SIGTERM.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection takes two descriptors, and so does a pipe; the limit of connections is what the process can hold.</summary>
    public ProxyLimits Within(long openFiles)
    {
        var holds = (int)Math.Clamp(((openFiles - ReservedDescriptors) / 2) - PipePool.MaximumFor(openFiles), 1, Connections);
        return this with
        {
            Associations = Math.Min(Associations, Math.Max(1, holds / 4)),
            Connections = holds,
            ConnectionsPerClient = Math.Min(ConnectionsPerClient, Math.Max(1, holds * 3 / 4)),
        };
    }
}
