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
    private const int NoError = 0;
    private const int NoSuchName = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);
    private static readonly IPEndPoint Resolver = new(IPAddress.Loopback, 53);

    /// <summary>
    /// IPv4 addresses; none where the name has none. A failure of the resolver, whose own connection has to find the new tunnel
    /// first, is asked again until the caller gives up. Throws <see cref="SocketException"/> when there is no resolver.
    /// </summary>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (name == "localhost")
        {
            return [IPAddress.Loopback];
        }

        // Both, as every program asks. The IPv6 one is of no use here, but a resolver that has the other in its cache shows with
        // it that it reaches its upstream through this tunnel.
        var answers = await Task.WhenAll(UntilAnsweredAsync(name, DnsMessage.A, cancellationToken), UntilAnsweredAsync(name, DnsMessage.Aaaa, cancellationToken));
        return answers[0].Addresses;
    }

    private static async Task<DnsResponse> UntilAnsweredAsync(string name, byte type, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(Resolver, cancellationToken);
        while (true)
        {
            if (await AskAsync(socket, name, type, cancellationToken) is { ResponseCode: NoError or NoSuchName } answer)
            {
                return answer;
            }

            await Task.Delay(AfterFailure, cancellationToken);
        }
    }

    /// <summary>Null when no answer comes that can be read.</summary>
    private static async Task<DnsResponse?> AskAsync(Socket socket, string name, byte type, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var id = (ushort)Random.Shared.Next(ushort.MaxValue);
        var answer = new byte[LongestAnswer];
        try
        {
            await socket.SendAsync(DnsMessage.Question(id, name, type), limit.Token);
            return DnsMessage.Parse(answer.AsSpan(0, await socket.ReceiveAsync(answer, limit.Token)), id);
        }
        catch (Exception e) when (e is InvalidDataException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
