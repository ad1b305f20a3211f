using System.Net;
using System.Net.Sockets;
using Culvert.DnsMessages;

namespace Culvert.Tunnel;

/// <summary>
/// Asks the stack's own resolver, whatever the role's resolv.conf says: with AdGuard that names the bootstrap resolver, which is
/// for the client and leads around the tunnel.
/// </summary>
internal static class TunnelNames
{
    private const int LongestAnswer = 4096;
    private static readonly IPEndPoint Resolver = new(IPAddress.Loopback, 53);

    /// <summary>IPv4 addresses; none where the name has none. Throws <see cref="SocketException"/> when the resolver does not answer rightly.</summary>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (name == "localhost")
        {
            return [IPAddress.Loopback];
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(Resolver, cancellationToken);
        var id = (ushort)Random.Shared.Next(ushort.MaxValue);
        await socket.SendAsync(DnsMessage.Question(id, name), cancellationToken);
        var answer = new byte[LongestAnswer];
        var length = await socket.ReceiveAsync(answer, cancellationToken);
        try
        {
            return DnsMessage.Parse(answer.AsSpan(0, length), id).Addresses;
        }
        catch (InvalidDataException)
        {
            throw new SocketException((int)SocketError.NoRecovery);
        }
    }
}
