using Culvert.Proxy.Engine;

namespace Culvert.Proxy;

/// <summary>Socket options of both sides of every connection.</summary>
internal static class TcpTuning
{
    private const int SolSocket = 1;
    private const int SolTcp = 6;
    private const int IdleSeconds = 60;
    private const int ProbeSeconds = 15;
    private const int Probes = 4;

    /// <summary>
    /// No Nagle delay for token streams, and keepalive in place of an idle cut: a reasoning model may be silent for many
    /// minutes, while a peer that is gone is noticed after two. Set on a listener: what it accepts inherits them.
    /// </summary>
    public static readonly SocketSetting[] Client =
    [
        new(SolTcp, 1, 1), // TCP_NODELAY
        new(SolSocket, 9, 1), // SO_KEEPALIVE
        new(SolTcp, 4, IdleSeconds), // TCP_KEEPIDLE
        new(SolTcp, 5, ProbeSeconds), // TCP_KEEPINTVL
        new(SolTcp, 6, Probes), // TCP_KEEPCNT
    ];

    /// <summary>
    /// Towards the server also TCP_USER_TIMEOUT: what an exit that died has not acknowledged is given up after two
    /// minutes, not after the fifteen of retransmission. A client has none: it may stop reading for as long as it likes.
    /// </summary>
    public static readonly SocketSetting[] Server =
        [.. Client, new(SolTcp, 18, (IdleSeconds + (ProbeSeconds * Probes)) * 1000)];
}
