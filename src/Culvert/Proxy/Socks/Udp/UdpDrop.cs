namespace Culvert.Proxy.Socks.Udp;

/// <summary>Why a datagram was dropped.</summary>
internal enum UdpDrop
{
    Malformed,
    Fragment,

    /// <summary>No association belongs to the address that it came from.</summary>
    NoAssociation,

    /// <summary>The policy, the resolver or the tunnel does not let it go on.</summary>
    Refused,

    /// <summary>It came while its destination was being resolved, with others waiting already.</summary>
    Waiting,

    /// <summary>It would have to be sent in fragments.</summary>
    TooLarge,

    /// <summary>It came from an address that the client has sent nothing to.</summary>
    Stranger,

    /// <summary>The kernel did not take it.</summary>
    NotSent,
}
