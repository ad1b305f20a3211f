using System.Buffers.Binary;
using System.Net;

namespace Culvert.Proxy.Socks;

/// <summary>
/// Replies of RFC 1928 section 6, and the one table from failures to them.
/// <code>
/// +-----+-----+-------+------+----------+----------+
/// | VER | REP |  RSV  | ATYP | BND.ADDR | BND.PORT |
/// |  5  |  1  |   0   |  1   | 4 or 16  |    2     |
/// +-----+-----+-------+------+----------+----------+
/// </code>
/// </summary>
internal static class SocksReply
{
    private const byte Succeeded = 0;
    private const byte GeneralFailure = 1;
    private const byte NotAllowed = 2;
    private const byte NetworkUnreachable = 3;
    private const byte HostUnreachable = 4;
    private const byte ConnectionRefused = 5;
    private const byte TimeToLiveExpired = 6;
    private const byte CommandNotSupported = 7;
    private const byte AddressTypeNotSupported = 8;

    public static byte CodeOf(ProxyFailure failure) => failure switch
    {
        ProxyFailure.TunnelDown => NetworkUnreachable,
        ProxyFailure.NetworkUnreachable => NetworkUnreachable,
        ProxyFailure.PolicyDenied => NotAllowed,

        // Not the server's fault and not for long: what the ruleset of the proxy does not let this client have.
        ProxyFailure.ShareUsedUp => NotAllowed,
        ProxyFailure.NameNotFound => HostUnreachable,
        ProxyFailure.HostUnreachable => HostUnreachable,
        ProxyFailure.ConnectionRefused => ConnectionRefused,

        // RFC 1928 has no code for a deadline; this is the one that other servers give for ETIMEDOUT.
        ProxyFailure.TimedOut => TimeToLiveExpired,
        ProxyFailure.CommandNotSupported => CommandNotSupported,
        ProxyFailure.AddressTypeNotSupported => AddressTypeNotSupported,
        _ => GeneralFailure,
    };

    public static byte[] Of(ProxyFailure failure) => Write(CodeOf(failure), new IPEndPoint(IPAddress.Any, 0));

    /// <summary>The server's connection stands; <paramref name="bound"/> is its near end.</summary>
    public static byte[] Success(IPEndPoint? bound) => Write(Succeeded, bound ?? new IPEndPoint(IPAddress.Any, 0));

    private static byte[] Write(byte code, IPEndPoint bound)
    {
        var address = bound.Address.GetAddressBytes();
        byte[] reply = [5, code, 0, address.Length == 4 ? SocksAddress.IPv4 : SocksAddress.IPv6, .. address, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(reply.Length - 2), (ushort)bound.Port);
        return reply;
    }
}
