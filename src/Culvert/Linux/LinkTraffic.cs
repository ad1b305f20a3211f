using System.Globalization;

namespace Culvert.Linux;

/// <summary>Received through an interface since it was made.</summary>
internal readonly record struct LinkTraffic(long Bytes, long Packets)
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
    /// Many packets came in since <paramref name="earlier"/>, a few seconds ago: streams live, whatever became of a probe meanwhile. An exit that is gone sends nothing; one that has lost its
    /// own way out sends an ICMP error a second and a burst of six (icmp(7), icmp_ratelimit).
    /// </summary>
    public bool IsBusy(LinkTraffic earlier) => Packets - earlier.Packets >= ManyPackets;

    /// <summary><c>/proc/net/dev</c>: <c>NAME: BYTES PACKETS …</c>, received first. Nothing for an interface that is not there.</summary>
    public static LinkTraffic Parse(IEnumerable<string> lines, string device)
    {
        var line = lines.FirstOrDefault(l => l.TrimStart().StartsWith(device + ":", StringComparison.Ordinal));
        return line?.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var bytes, var packets, ..]
            && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var b)
            && long.TryParse(packets, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
                ? new LinkTraffic(b, p)
                : default;
    }
}
