using System.Diagnostics;
using System.Security.Cryptography;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>
/// Watches, in an application's namespace, for calls to providers that leave by anything but the proxies. Before and after it makes
/// deliberate ones by every interface: a TLS ClientHello and a DNS question, for a name that does not exist, to nobody.
/// </summary>
internal static class CallProbe
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ProofWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProofDeadline = TimeSpan.FromSeconds(4);

    /// <summary>Blocks its thread. <paramref name="ready"/> is called once; <paramref name="stop"/> ends the watch after what is queued was read.</summary>
    public static CallReport Run(CallWatch watch, Action ready, CancellationToken stop)
    {
        using var tap = PacketTap.Open();
        var proof = $"proof-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.invalid";
        var sightings = new CallSightings(watch, proof);
        var sent = new Dictionary<string, int>();
        var names = InterfaceNames.Read();
        Prove();
        ready();
        var started = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            Read(Tick);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Prove();
        return new CallReport(
            seconds,
            sightings.Packets,
            tap.ReadDropped(),
            sightings.NotRead,
            [.. sent.Select(one => new InterfaceProof(one.Key, one.Value, sightings.ProofsSeen(one.Key)))],
            sightings.Calls);

        // Packets queue in order: once the proofs of an interface were read, everything that left by it before was read, too.
        void Prove()
        {
            names = InterfaceNames.Read();
            foreach (var (index, name) in names)
            {
                if (SendProofs(index, proof))
                {
                    sent[name] = sent.GetValueOrDefault(name) + ProofPackets.Count;
                }
            }

            // One that was lost must not be waited for as long as others come.
            var begun = Stopwatch.GetTimestamp();
            while (sent.Any(one => sightings.ProofsSeen(one.Key) < one.Value) && Stopwatch.GetElapsedTime(begun) < ProofDeadline && Read(ProofWait))
            {
            }
        }

        bool Read(TimeSpan wait)
        {
            if (!tap.TryReceive(wait, out var packet))
            {
                return false;
            }

            // One that came after the last look at them.
            if (!names.TryGetValue(packet.InterfaceIndex, out var name))
            {
                names = InterfaceNames.Read();
                name = names.GetValueOrDefault(packet.InterfaceIndex, $"interface {packet.InterfaceIndex}");
            }

            sightings.Add(name, packet.EtherType, packet.Bytes);
            return true;
        }
    }

    /// <summary>False when the interface is down: nothing leaves by it.</summary>
    private static bool SendProofs(int index, string name)
    {
        try
        {
            foreach (var packet in ProofPackets.For(name))
            {
                PacketTap.SendToNobody(index, packet);
            }

            return true;
        }
        catch (InterfaceDownException)
        {
            return false;
        }
    }
}
