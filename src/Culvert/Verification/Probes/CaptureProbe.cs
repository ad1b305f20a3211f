using System.Net;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>Watches what leaves by one interface until it is told to stop, and sums it up by flow.</summary>
internal static class CaptureProbe
{
    /// <summary>Printed when the capture is open and proven once: only what happens after this line is seen for sure.</summary>
    public const string ReadyLine = "ready";

    private const int MostFlows = 4096;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ProofWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Blocks its thread. <paramref name="ready"/> is called once; <paramref name="stop"/> ends the capture after what is queued was read.</summary>
    public static CaptureReport Run(string interfaceName, IPAddress ownAddress, Action ready, CancellationToken stop)
    {
        using var capture = PacketCapture.Open(interfaceName);
        var table = new FlowTable(MostFlows);
        var from = DateTimeOffset.UtcNow;
        var proofs = Prove(capture, table, ownAddress);
        ready();
        while (!stop.IsCancellationRequested)
        {
            Read(capture, table, Tick);
        }

        proofs += Prove(capture, table, ownAddress);
        return new CaptureReport(
            interfaceName,
            from,
            DateTimeOffset.UtcNow,
            table.Frames,
            capture.ReadStatistics().Dropped,
            table.NotListed,
            proofs,
            table.ProofsSeen,
            table.Flows);
    }

    // Frames queue in order: once the proof was read, everything that left before it was read, too.
    private static int Prove(PacketCapture capture, FlowTable table, IPAddress ownAddress)
    {
        if (!capture.SendProof(ownAddress))
        {
            return 0;
        }

        var seen = table.ProofsSeen;
        while (table.ProofsSeen == seen && Read(capture, table, ProofWait))
        {
        }

        return 1;
    }

    private static bool Read(PacketCapture capture, FlowTable table, TimeSpan wait)
    {
        if (capture.Receive(wait) is not { } frame)
        {
            return false;
        }

        table.Add(frame);
        return true;
    }
}
