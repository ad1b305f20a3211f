using System.Globalization;

namespace Culvert.Linux;

/// <summary>Received through an interface since it was made, and what was sent.</summary>
internal readonly record struct LinkTraffic(long Bytes, long Packets, LinkSent Sent = default)
{
    // An exit that has lost its own way out answers with ICMP errors, and those are small; so are bare acknowledgements.
    private const int LeastBytes = 4096;
    private const int LeastBytesPerPacket = 200;

    // IPv4 and TCP with every option that an acknowledgement has: at most 20 + 60.
    private const int BareBytes = 80;
    private const int ManyPackets = 16;

    /// <summary>Somebody out there sent data since <paramref name="earlier"/>.</summary>
    public bool ShowsData(LinkTraffic earlier) =>
        Bytes - earlier.Bytes >= LeastBytes && Bytes - earlier.Bytes >= LeastBytesPerPacket * (Packets - earlier.Packets);

    /// <summary>
    /// Some stream lives, however slow: more than the answers to a probe, which are bare. An upload shows as many bare
    /// acknowledgements.
    /// </summary>
    public bool Flows(LinkTraffic earlier) =>
        Packets - earlier.Packets >= ManyPackets || Bytes - earlier.Bytes > BareBytes * (Packets - earlier.Packets);

    /// <summary>
    /// Data went out and many packets came in since <paramref name="earlier"/>, a few seconds ago: uploads live, whatever became of a probe meanwhile. An exit that is gone sends
    /// nothing; one that answers everything with an error or a reset gets nothing but the small packets that begin a connection.
    /// </summary>
    public bool IsBusy(LinkTraffic earlier) =>
        Packets - earlier.Packets >= ManyPackets
        && Sent.Bytes - earlier.Sent.Bytes >= LeastBytes
        && Sent.Bytes - earlier.Sent.Bytes >= LeastBytesPerPacket * (Sent.Packets - earlier.Sent.Packets);

    /// <summary><c>/proc/net/dev</c>: <c>NAME: BYTES PACKETS … BYTES PACKETS …</c>, received first. Nothing for an interface that is not there.</summary>
    public static LinkTraffic Parse(IEnumerable<string> lines, string device)
    {
        var line = lines.FirstOrDefault(l => l.TrimStart().StartsWith(device + ":", StringComparison.Ordinal));
        if (line?.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var bytes, var packets, _, _, _, _, _, _, var sentBytes, var sentPackets, ..])
        {
            return default;
        }

        return Number(bytes) is { } b && Number(packets) is { } p && Number(sentBytes) is { } sb && Number(sentPackets) is { } sp ? new LinkTraffic(b, p, new LinkSent(sb, sp)) : default;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Sent through an interface since it was made.</summary>
internal readonly record struct LinkSent(long Bytes, long Packets);
