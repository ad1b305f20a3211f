namespace Culvert.Proxy.Socks;

/// <summary>What a client asked for after its handshake, and the user it came as. A null destination: it named no host.</summary>
internal sealed record SocksRequest(byte Command, Destination? Destination, string? User)
{
    public const byte Connect = 1;
    public const byte Associate = 3;
}
