using System.Net;
using Culvert.DnsMessages;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>Reads names out of packets that leave, and keeps those that are a provider's, in bounded memory. Of the rest nothing is kept.</summary>
/// <param name="watch">What is looked for.</param>
/// <param name="proof">The name of the probe's own deliberate calls.</param>
internal sealed class CallSightings(CallWatch watch, string proof)
{
    private const int MostCalls = 256;
    private const int MostOpen = 512;
    private const int LongestHello = 16 << 10;

    private readonly Dictionary<(string Interface, CallKind Kind, string Name, IPEndPoint Destination), long> calls = [];
    private readonly Dictionary<(IPEndPoint Source, IPEndPoint Destination), (uint Next, byte[] Bytes)> open = [];
    private readonly HashSet<IPAddress> named = [];
    private readonly Dictionary<string, int> proofs = [];

    public long Packets { get; private set; }

    /// <summary>Packets for which there was no room.</summary>
    public long NotRead { get; private set; }

    /// <summary>What was seen, an address alone only where no name explains it.</summary>
    public IReadOnlyList<SightedCall> Calls =>
    [
        .. from call in calls
           where call.Key.Kind != CallKind.Address || !named.Contains(call.Key.Destination.Address)
           orderby call.Key.Kind, call.Key.Name
           select new SightedCall(call.Key.Interface, call.Key.Kind, call.Key.Name, $"{call.Key.Destination}", call.Value),
    ];

    public int ProofsSeen(string interfaceName) => proofs.GetValueOrDefault(interfaceName);

    public void Add(string interfaceName, ushort etherType, ReadOnlySpan<byte> bytes)
    {
        Packets++;
        if (!TransportPacket.TryParse(etherType, bytes, out var packet) || watch.IsToProxy(packet))
        {
            return;
        }

        if (NameIn(packet) is var (kind, name))
        {
            if (name == proof)
            {
                proofs[interfaceName] = ProofsSeen(interfaceName) + 1;
                return;
            }

            if (kind == CallKind.Tls)
            {
                named.Add(packet.Destination.Address);
            }

            if (watch.IsProvider(name))
            {
                Count((interfaceName, kind, name.ToLowerInvariant(), packet.Destination));
                return;
            }
        }

        if (watch.ProviderAddresses.TryGetValue(packet.Destination.Address, out var provider))
        {
            Count((interfaceName, CallKind.Address, provider, packet.Destination));
        }
    }

    private (CallKind Kind, string Name)? NameIn(in TransportPacket packet)
    {
        if (packet.Payload.IsEmpty)
        {
            return null;
        }

        if (CallWatch.MayAskForName(packet))
        {
            // RFC 1035, 4.2.2: over TCP the message follows its length.
            var message = packet.Protocol == FrameHeader.Tcp ? packet.Payload[Math.Min(2, packet.Payload.Length)..] : packet.Payload;
            return DnsMessage.QuestionIn(message) is { } asked ? (CallKind.Dns, asked) : null;
        }

        return packet.Protocol == FrameHeader.Tcp && HelloIn(packet) is { } called ? (CallKind.Tls, called) : null;
    }

    /// <summary>A ClientHello may come in several segments: each is put after what is there, and the name read as soon as it is.</summary>
    private string? HelloIn(in TransportPacket packet)
    {
        var key = (packet.Source, packet.Destination);
        byte[] stream = open.TryGetValue(key, out var begun)
            ? packet.Sequence == begun.Next ? [.. begun.Bytes, .. packet.Payload] : []
            : packet.Payload[0] == ClientHello.FirstByte ? packet.Payload.ToArray() : [];
        if (stream.Length == 0)
        {
            return null;
        }

        var state = ClientHello.Read(stream, out var name);
        if (state != HelloState.Partial || stream.Length > LongestHello)
        {
            open.Remove(key);
            return name;
        }

        if (open.Count < MostOpen || open.ContainsKey(key))
        {
            open[key] = (packet.Sequence + (uint)packet.Payload.Length, stream);
        }
        else
        {
            NotRead++;
        }

        return null;
    }

    private void Count((string, CallKind, string, IPEndPoint) call)
    {
        if (calls.TryGetValue(call, out var count) || calls.Count < MostCalls)
        {
            calls[call] = count + 1;
        }
        else
        {
            NotRead++;
        }
    }
}
