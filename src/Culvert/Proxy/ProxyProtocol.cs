namespace Culvert.Proxy;

/// <summary>What a client speaks. Each port has one of its own and understands the others too.</summary>
internal enum ProxyProtocol
{
    Socks5,
    SocksUdp,
    HttpConnect,
    Http,
}
