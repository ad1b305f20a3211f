using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Verification;

/// <summary>A place from which the proxies may be used, and the name or address at which they are found there.</summary>
internal sealed record ProxyClient(string Title, Standpoint At, string Host)
{
    public Uri Socks => new($"socks5h://{Host}:{Role.SocksPort}");

    public Uri Http => new($"http://{Host}:{Role.HttpPort}");
}
