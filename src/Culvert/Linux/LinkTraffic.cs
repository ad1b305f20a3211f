using System.Globalization;

namespace Culvert.Linux;

/// <summary>
/// Received through an interface since it was made, and what was sent; <see cref="Errors"/> are the ICMP errors of its namespace that did not come
/// from the namespace itself.
/// </summary>
internal readonly record struct LinkTraffic(long Bytes, long Packets, LinkSent Sent = default, long Errors = 0)
{
    private const int LeastBytes = 4096;

    // Bare acknowledgements are smaller.
    private const int LeastBytesPerPacket = 200;

    // IPv4 and TCP with every option that an acknowledgement has: at most 20 + 60.
    private const int BareBytes = 80;
    private const int ManyPackets = 16;

    // An error quotes the packet that it is about, and is no longer than this (RFC 1812 section 4.3.2.3).
    private const int LongestError = 576;

    private static readonly string[] ErrorsReceived = ["InDestUnreachs", "InTimeExcds"];
    private static readonly string[] ErrorsSent = ["OutDestUnreachs", "OutTimeExcds"];

    /// <summary>Somebody out there sent data since <paramref name="earlier"/>.</summary>
    public bool ShowsData(LinkTraffic earlier)
    {
        var (bytes, packets) = CameSince(earlier);
        return bytes >= LeastBytes && bytes >= LeastBytesPerPacket * packets;
    }

    /// <summary>
    /// Some stream lives, however slow: more than the answers to a probe, which are bare. An upload shows as many bare
    /// acknowledgements.
    /// </summary>
    public bool Flows(LinkTraffic earlier)
    {
        var (bytes, packets) = CameSince(earlier);
        return packets >= ManyPackets || bytes > BareBytes * packets;
    }

    /// <summary>
    /// Data went out and many packets came in since <paramref name="earlier"/>, a few seconds ago: uploads live, whatever became of a probe meanwhile. An exit that is gone sends
    /// nothing; one that answers everything with a reset gets nothing but the small packets that begin a connection.
    /// </summary>
    public bool IsBusy(LinkTraffic earlier) =>
        CameSince(earlier).Packets >= ManyPackets
        && Sent.Bytes - earlier.Sent.Bytes >= LeastBytes
        && Sent.Bytes - earlier.Sent.Bytes >= LeastBytesPerPacket * (Sent.Packets - earlier.Sent.Packets);

    /// <summary>Of an interface of the namespace whose <c>/proc/PID/net</c> is <paramref name="folder"/>.</summary>
    public static LinkTraffic Read(string folder, string device) => Parse([.. File.ReadLines($"{folder}/dev"), .. File.ReadLines($"{folder}/snmp")], device);

    /// <summary>
    /// The lines of <c>/proc/net/dev</c> (<c>NAME: BYTES PACKETS … BYTES PACKETS …</c>, received first) and of <c>/proc/net/snmp</c> (<c>Icmp:</c> and
    /// names, <c>Icmp:</c> and numbers). Nothing for an interface that is not there.
    /// </summary>
    public static LinkTraffic Parse(IReadOnlyList<string> lines, string device)
    {
        var line = lines.FirstOrDefault(l => l.TrimStart().StartsWith(device + ":", StringComparison.Ordinal));
        if (line?.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var bytes, var packets, _, _, _, _, _, _, var sentBytes, var sentPackets, ..])
        {
            return default;
        }

        return Number(bytes) is { } b && Number(packets) is { } p && Number(sentBytes) is { } sb && Number(sentPackets) is { } sp
            ? new LinkTraffic(b, p, new LinkSent(sb, sp), ErrorsIn(lines))
            : default;
    }

    /// <summary>Without the errors, of which some may be smaller than what is taken for them: then this is too little.</summary>
    private (long Bytes, long Packets) CameSince(LinkTraffic earlier)
    {
        var errors = Math.Max(0, Errors - earlier.Errors);
        return (Bytes - earlier.Bytes - (LongestError * errors), Packets - earlier.Packets - errors);
    }

    // What the guard refuses is an error that the namespace sends to itself, and counts both ways.
    private static long ErrorsIn(IReadOnlyList<string> lines)
    {
        if (lines.Where(line => line.StartsWith("Icmp: ", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList() is not [var names, var numbers])
        {
            return 0;
        }

        long Sum(string[] wanted) => names.Zip(numbers).Where(pair => wanted.Contains(pair.First)).Sum(pair => Number(pair.Second) ?? 0);
        return Sum(ErrorsReceived) - Sum(ErrorsSent);
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Sent through an interface since it was made.</summary>
internal readonly record struct LinkSent(long Bytes, long Packets);
