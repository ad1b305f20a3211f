using System.Globalization;

namespace Culvert.Tunnel.Drivers;

/// <summary>What the client says in its log that the server pushed; only what Culvert itself needs of it.</summary>
internal sealed record PushReply(int? Mtu, TimeSpan? Ping)
{
    private const string Marker = "'PUSH_REPLY,";

    // RFC 791: every IPv4 link carries 68 bytes; OpenVPN's own default limit for a pushed MTU is 1600.
    private const int LeastMtu = 68;
    private const int MostMtu = 1600;

    public static readonly PushReply Nothing = new(null, null);

    /// <summary>A long reply comes in several parts; what a later one does not say stands as it was.</summary>
    public PushReply With(PushReply later) => new(later.Mtu ?? Mtu, later.Ping ?? Ping);

    /// <summary>Null when the line is not about a push. Of an option given twice the last counts, as in the client.</summary>
    public static PushReply? Find(string logText)
    {
        var start = logText.IndexOf(Marker, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var reply = Nothing;
        foreach (var option in logText[(start + Marker.Length)..].TrimEnd('\'').Split(','))
        {
            reply = option.Split(' ') switch
            {
                ["tun-mtu", var text] when Number(text) is { } mtu and >= LeastMtu and <= MostMtu => reply with { Mtu = mtu },
                ["ping", var text] when Number(text) is { } seconds and > 0 and <= 3600 => reply with { Ping = TimeSpan.FromSeconds(seconds) },
                _ => reply,
            };
        }

        return reply;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
