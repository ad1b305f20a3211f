using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Culvert.DnsMessages;

/// <summary>A response to a question for IPv4 addresses; <see cref="ResponseCode"/> as RFC 1035 section 4.1.1 numbers it.</summary>
internal sealed record DnsResponse(int ResponseCode, IReadOnlyList<IPAddress> Addresses)
{
    public override string ToString()
    {
        var code = ResponseCode switch
        {
            0 => "NOERROR",
            2 => "SERVFAIL",
            3 => "NXDOMAIN",
            5 => "REFUSED",
            _ => $"response code {ResponseCode}",
        };
        return Addresses.Count == 0 ? code : $"{code} {string.Join(' ', Addresses)}";
    }
}

/// <summary>The DNS message format (RFC 1035), as much of it as one A question and its answer need.</summary>
internal static class DnsMessage
{
    private const int HeaderLength = 12;

    /// <summary>The type of an IPv4 address.</summary>
    public const byte A = 1;

    /// <summary>The type of an IPv6 address (RFC 3596).</summary>
    public const byte Aaaa = 28;

    // 2 id | 2 flags: recursion desired | 1 question | … | QNAME | QTYPE | QCLASS IN
    public static byte[] Question(ushort id, string name, byte type = A)
    {
        var message = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.TrimEnd('.').Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, 0, type, 0, 1]);
        return [.. message];
    }

    /// <summary>The first name that a query asks for, of whatever type; null when these bytes are no query.</summary>
    public static string? QuestionIn(ReadOnlySpan<byte> message)
    {
        // 2 id | 1 the response bit and the opcode | 1 | 2 questions …
        if (message.Length < HeaderLength || (message[2] & 0xf8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 0)
        {
            return null;
        }

        var name = new StringBuilder();
        var at = HeaderLength;
        while (at < message.Length && message[at] is > 0 and < 64 and var length && at + 1 + length < message.Length)
        {
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(message.Slice(at + 1, length)));
            at += 1 + length;
        }

        return at < message.Length && message[at] == 0 ? name.ToString() : null;
    }

    /// <summary>A message that is not the response to this question throws <see cref="InvalidDataException"/>.</summary>
    public static DnsResponse Parse(ReadOnlySpan<byte> message, ushort id)
    {
        if (message.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message) != id || message[2] < 0x80)
        {
            throw new InvalidDataException("the answer is not a DNS response to the question");
        }

        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        var answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var at = HeaderLength;
        for (var i = 0; i < questions; i++)
        {
            at = AfterName(message, at) + 4;
        }

        var addresses = new List<IPAddress>();
        for (var i = 0; i < answers; i++)
        {
            // NAME | 2 TYPE | 2 CLASS | 4 TTL | 2 RDLENGTH | RDATA
            at = AfterName(message, at);
            var record = Slice(message, at, 10);
            var length = BinaryPrimitives.ReadUInt16BigEndian(record[8..]);
            var data = Slice(message, at + 10, length);
            if (BinaryPrimitives.ReadUInt16BigEndian(record) == A && length == 4)
            {
                addresses.Add(new IPAddress(data));
            }

            at += 10 + length;
        }

        return new DnsResponse(message[3] & 0xf, addresses);
    }

    /// <summary>The message up to the end of its questions, which is where answers begin; throws <see cref="InvalidDataException"/> for what is no message.</summary>
    public static ReadOnlySpan<byte> HeaderAndQuestions(ReadOnlySpan<byte> message)
    {
        var questions = BinaryPrimitives.ReadUInt16BigEndian(Slice(message, 0, HeaderLength)[4..]);
        var at = HeaderLength;
        for (var i = 0; i < questions; i++)
        {
            at = AfterName(message, at) + 4;
        }

        return Slice(message, 0, at);
    }

    // Labels end with a zero length or with a pointer, whose first byte is 0xc0 or more (section 4.1.4).
    private static int AfterName(ReadOnlySpan<byte> message, int at)
    {
        while (true)
        {
            var length = Slice(message, at, 1)[0];
            if (length >= 0xc0)
            {
                return at + 2;
            }

            at += 1 + length;
            if (length == 0)
            {
                return at;
            }
        }
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> message, int at, int length) => at + length <= message.Length
        ? message.Slice(at, length)
        : throw new InvalidDataException("the DNS response ends in the middle of a record");
}
