using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnel;

/// <summary>What happened, as the tunnel's machine hears of it.</summary>
internal abstract record TunnelEvent
{
    /// <summary>hold has written its report: the guard stands, so a client may be started.</summary>
    internal sealed record GuardStands : TunnelEvent;

    /// <summary>Time has passed; the machine compares its deadline with now.</summary>
    internal sealed record Elapsed : TunnelEvent;

    /// <summary>Someone asked for a fresh connection (SIGHUP).</summary>
    internal sealed record ReconnectWanted : TunnelEvent;

    /// <summary>Someone thinks that a provider refuses the exit in use (SIGUSR1): ask them all now.</summary>
    internal sealed record ProvidersDoubted : TunnelEvent;

    /// <summary>The role is to end (SIGTERM).</summary>
    internal sealed record StopWanted : TunnelEvent;

    /// <summary>What the kernel shows of tun0 and of the carrier's routes now.</summary>
    internal sealed record LinkSeen(LinkSnapshot Link) : TunnelEvent;

    /// <summary>Told by a client. An event of a client that was already given up is ignored by its <see cref="Client"/> number.</summary>
    internal abstract record OfClient(int Client) : TunnelEvent;

    /// <summary>The client got one step further; the server has answered unless it <see cref="Awaits"/> its first answer.</summary>
    internal sealed record ClientMoved(int Client, string Doing, bool Awaits) : OfClient(Client)
    {
        /// <summary>Only packets go back and forth now: no person, no login service is waited for.</summary>
        public bool ShakesHands { get; init; }
    }

    /// <summary>The client says that it is connected. That is a claim; <see cref="LinkSeen"/> proves it.</summary>
    internal sealed record ClientConnected(int Client, TunnelAddress Address) : OfClient(Client);

    /// <summary>Bytes came from the server, pings included.</summary>
    internal sealed record ServerHeard(int Client) : OfClient(Client);

    /// <summary>
    /// What a probe through tun0 found: whether anything out there answered and, where the providers were asked too, what
    /// those have to say that do not serve this exit.
    /// </summary>
    internal sealed record Probed(int Client, bool Answered, string? Refusals, bool Asked) : OfClient(Client)
    {
        /// <summary>Some provider that was asked said nothing.</summary>
        public bool Unanswered { get; init; }
    }

    /// <summary>The client is gone or could not be started. <see cref="Refused"/>: the server said no, so haste does not help.</summary>
    internal sealed record ClientEnded(int Client, string Reason, bool Refused) : OfClient(Client)
    {
        /// <summary>The reason is not the exit's: every other one would end so, too.</summary>
        public bool SameEverywhere { get; init; }

        /// <summary>How long others are to be tried before this exit; null to leave that to the count of its failures.</summary>
        public TimeSpan? LeaveFor { get; init; }
    }
}

/// <summary>What the server gave: <see cref="ServerPing"/> is how often it promises to be heard, null when it does not.</summary>
internal sealed record TunnelAddress(IPAddress Address, int Mtu, TimeSpan? ServerPing)
{
    /// <summary>
    /// Null for what is not one host's IPv4 address in the usual spelling: the server chooses it, and 127.0.0.1 or a
    /// multicast group on tun0 would bend routes that are not the tunnel's.
    /// </summary>
    public static IPAddress? Parse(string text) =>
        IPAddress.TryParse(text, out var address)
        && address.AddressFamily == AddressFamily.InterNetwork
        && address.ToString() == text
        && address.GetAddressBytes()[0] is not (0 or 127 or >= 224)
            ? address
            : null;
}
