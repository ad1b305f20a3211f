using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Lab.Dns;

/// <summary>The first question of a DNS message (RFC 1035 section 4.1), and the answer to it.</summary>
internal sealed record DnsQuestion(string Name, int Type, int End)
{
    private const int HeaderLength = 12;
    private const int TypeA = 1;
    private const int TypeAaaa = 28;
    private const int NameError = 3;

    /// <summary>Null when the message holds no question that can be read.</summary>
    public static DnsQuestion? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 0)
        {
            return null;
        }

        var labels = new List<string>();
        var at = HeaderLength;
        while (at < message.Length && message[at] is > 0 and < 64 && at + 1 + message[at] < message.Length)
        {
            labels.Add(Encoding.ASCII.GetString(message.Slice(at + 1, message[at])));
            at += 1 + message[at];
        }

        return at + 5 <= message.Length && message[at] == 0
            ? new DnsQuestion(string.Join('.', labels).ToLowerInvariant(), BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]), at + 5)
            : null;
    }

    /// <summary>A reply with those of <paramref name="addresses"/> that the question asks for; null addresses mean that there is no such name.</summary>
    public byte[] Answer(ReadOnlySpan<byte> query, IReadOnlyList<IPAddress>? addresses)
    {
        var wanted = (addresses ?? []).Where(address =>
            (Type == TypeA && address.AddressFamily == AddressFamily.InterNetwork)
            || (Type == TypeAaaa && address.AddressFamily == AddressFamily.InterNetworkV6)).ToList();
        var reply = new List<byte>(query[..End].ToArray());
        // QR, AA and the caller's RD; then RA and the code. Additional records of the query (EDNS) are not echoed.
        reply[2] = (byte)(0x84 | (query[2] & 1));
        reply[3] = (byte)(0x80 | (addresses is null ? NameError : 0));
        reply[5] = 1;
        reply[7] = (byte)wanted.Count;
        reply[4] = reply[6] = reply[8] = reply[9] = reply[10] = reply[11] = 0;
        foreach (var address in wanted)
        {
            var bytes = address.GetAddressBytes();
            // A pointer to the question's name, the type, class IN, 60 seconds to live, the address.
            reply.AddRange([0xC0, HeaderLength, 0, (byte)Type, 0, 1, 0, 0, 0, 60, 0, (byte)bytes.Length, .. bytes]);
        }

        return [.. reply];
    }
}
