using Culvert.Stack;

namespace Culvert.Commands.Env;

/// <summary>The proxies' URLs as an application sees them. A password is never in them: <see cref="Note"/> says where it is.</summary>
internal sealed record ProxyAddresses(string Socks, string Http, string? Note)
{
    /// <summary>What must never go through a proxy: the machine itself.</summary>
    public const string Direct = "localhost,127.0.0.1,::1";

    private const string NameOnVpnNet = "vpn";
    private const string AddressInside = "127.0.0.1";

    /// <param name="inside">Inside the namespace rather than on vpn-net.</param>
    /// <param name="user">One of those who may use the proxies; null where vpn-net is trusted.</param>
    public static ProxyAddresses Of(bool inside, ProxyUser? user)
    {
        var host = inside ? AddressInside : NameOnVpnNet;
        var credentials = user is null ? "" : $"{Uri.EscapeDataString(user.Name)}:PASSWORD@";
        return new ProxyAddresses(
            $"socks5h://{credentials}{host}:{Role.SocksPort}",
            $"http://{credentials}{host}:{Role.HttpPort}",
            user is null ? null : $"Replace PASSWORD by the percent-encoded content of {user.Password.Path}");
    }
}
