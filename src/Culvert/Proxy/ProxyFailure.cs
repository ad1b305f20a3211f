namespace Culvert.Proxy;

/// <summary>Every way in which a stage of a connection can fail. Each protocol has one table from these to its replies.</summary>
internal enum ProxyFailure
{
    /// <summary>tun0 is missing, down or without carrier.</summary>
    TunnelDown,

    /// <summary>The address, name or port is not one that the configuration lets the proxies dial.</summary>
    PolicyDenied,

    NameNotFound,

    /// <summary>The namespace's resolver does not answer, or could not ask its upstream.</summary>
    ResolverUnavailable,

    ConnectionRefused,
    HostUnreachable,
    NetworkUnreachable,

    /// <summary>Resolving and connecting together took longer than the dial deadline.</summary>
    TimedOut,

    /// <summary>The server closed early or answered with what is not HTTP.</summary>
    BadGateway,

    BadRequest,
    RequestLineTooLong,
    HeadersTooLarge,
    AuthenticationRequired,
    AuthenticationFailed,
    TooManyAttempts,

    /// <summary>A limit of connections or descriptors is reached.</summary>
    TooBusy,

    /// <summary>The client's address or its user holds as many connections as it may.</summary>
    ShareUsedUp,

    /// <summary>SOCKS BIND, or an authority that HTTP clients must reach with CONNECT.</summary>
    CommandNotSupported,

    AddressTypeNotSupported,

    /// <summary>SOCKS4, TLS to the plain port, or anything else that is neither SOCKS5 nor HTTP/1.</summary>
    ProtocolNotSupported,

    /// <summary>The client did not finish its request before the deadline.</summary>
    HandshakeTimedOut,

    /// <summary>The client went away before it had an answer.</summary>
    ClientGone,
}
