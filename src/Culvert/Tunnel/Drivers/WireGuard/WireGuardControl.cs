using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tunnel.Drivers.WireGuard;

/// <summary><see cref="Handshaken"/>: the server has proved who it is at least once.</summary>
internal sealed record WireGuardState(bool Handshaken, long Received);

/// <summary>
/// wireguard-go's configuration protocol (wireguard.com/xplatform): lines <c>key=value</c>, a blank line ends a message, and
/// <c>errno=N</c> ends an answer. It takes the place of wg(8), which wants its socket in /var/run/wireguard.
/// </summary>
internal static class WireGuardControl
{
    private const int LongestAnswer = 64 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>One peer that carries everything, in place of any other. No fwmark: it stays 0.</summary>
    public static string SetMessage(WireGuardKey privateKey, WireGuardPeer peer) =>
        $"set=1\nprivate_key={privateKey.RevealHex()}\nreplace_peers=true\npublic_key={peer.PublicKey!.RevealHex()}\n"
        + (peer.PresharedKey is { } shared ? $"preshared_key={shared.RevealHex()}\n" : "")
        + $"endpoint={peer.Carrier.Address}:{peer.Carrier.Port}\npersistent_keepalive_interval={peer.Keepalive.ToString(CultureInfo.InvariantCulture)}\n"
        + "replace_allowed_ips=true\nallowed_ip=0.0.0.0/0\n\n";

    public const string GetMessage = "get=1\n\n";

    /// <summary>Sends a message on a connection of its own and returns the answer's lines. Throws <see cref="IOException"/> or <see cref="SocketException"/>.</summary>
    public static async Task<IReadOnlyList<string>> AskAsync(string socketPath, string message, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await TalkAsync(socketPath, message, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"no answer within {Deadline.TotalSeconds:0} s");
        }
    }

    private static async Task<IReadOnlyList<string>> TalkAsync(string socketPath, string message, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(message), cancellationToken);
        var answer = new byte[LongestAnswer];
        var length = 0;
        while (length < answer.Length)
        {
            var more = await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken);
            length += more;
            var lines = Encoding.ASCII.GetString(answer, 0, length).Split('\n');
            if (lines is [.., var last, "", ""] && last.StartsWith("errno=", StringComparison.Ordinal))
            {
                return lines;
            }

            if (more == 0)
            {
                break;
            }
        }

        throw new IOException("its answer has no end");
    }

    /// <summary>Null when the answer is an error.</summary>
    public static WireGuardState? ParseState(IEnumerable<string> lines)
    {
        var (handshaken, received, done) = (false, 0L, false);
        foreach (var line in lines)
        {
            switch (line.Split('=', 2))
            {
                case ["last_handshake_time_sec" or "last_handshake_time_nsec", var text] when Number(text) > 0:
                    handshaken = true;
                    break;
                case ["rx_bytes", var text]:
                    received = Number(text);
                    break;
                case ["errno", var text]:
                    done = text == "0";
                    break;
                default:
                    break;
            }
        }

        return done ? new WireGuardState(handshaken, received) : null;
    }

    /// <summary>As the answer ends: of several errors the last counts.</summary>
    public static bool IsAccepted(IEnumerable<string> lines) => ParseState(lines) is not null;

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
