using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;

namespace Culvert.Proxy.Resolve;

/// <summary>
/// Messages of RFC 1035, as far as a stub resolver needs them. Header: id, flags, and four counts of two bytes each.
/// </summary>
internal static class DnsMessage
{
    public const int MaximumQuestion = 512;
    private const int HeaderLength = 12;
    private const ushort RecursionDesired = 0x0100;
    private const ushort InternetClass = 1;

    /// <summary>Writes a question with an id, and offers 1232 bytes over UDP (EDNS(0)), which no link fragments.</summary>
    public static int WriteQuestion(Span<byte> message, ushort id, DnsQuestion question)
    {
        message[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], RecursionDesired);
        message[5] = 1;
        message[11] = 1;
        var offset = DnsName.Write(message, HeaderLength, question.Name);
        BinaryPrimitives.WriteUInt16BigEndian(message[offset..], (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(message[(offset + 2)..], InternetClass);

        // OPT: root name, type 41, payload size in place of the class, no flags, no options.
        ReadOnlySpan<byte> opt = [0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0];
        opt.CopyTo(message[(offset + 4)..]);
        return offset + 4 + opt.Length;
    }

    /// <summary>True when the message answers this very question: id, response bit, opcode, and the question itself.</summary>
    public static bool Answers(ReadOnlySpan<byte> message, ushort id, DnsQuestion question)
    {
        if (message.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message) != id)
        {
            return false;
        }

        const int responseAndOpcode = 0xF8;
        const int response = 0x80;
        var offset = HeaderLength;
        return (message[2] & responseAndOpcode) == response
            && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 1
            && DnsName.Read(message, ref offset) == question.Name
            && offset + 4 <= message.Length
            && BinaryPrimitives.ReadUInt16BigEndian(message[offset..]) == (ushort)question.Type
            && BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]) == InternetClass;
    }

    public static bool IsTruncated(ReadOnlySpan<byte> message) => (message[2] & 0x02) != 0;

    /// <summary>Reads a message that <see cref="Answers"/> the question; malformed comes out as failed.</summary>
    public static DnsAnswer Read(ReadOnlySpan<byte> message, DnsQuestion question)
    {
        const int nameError = 3;
        var code = message[3] & 0x0F;
        if (code is not (0 or nameError) || ReadRecords(message) is not { } records)
        {
            return DnsAnswer.Failed;
        }

        return code == nameError
            ? new DnsAnswer(DnsStatus.NotFound, [], DnsChain.NegativeTimeToLive(records))
            : DnsChain.Follow(records, question);
    }

    /// <summary>The answer and authority sections; null when malformed.</summary>
    private static ImmutableArray<DnsRecord>? ReadRecords(ReadOnlySpan<byte> message)
    {
        var offset = HeaderLength;
        DnsName.Read(message, ref offset);
        offset += 4;
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        var count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        for (var index = 0; index < count; index++)
        {
            if (DnsName.Read(message, ref offset) is not { } owner || offset + 10 > message.Length)
            {
                return null;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);
            var isInternet = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]) == InternetClass;
            var timeToLive = BinaryPrimitives.ReadUInt32BigEndian(message[(offset + 4)..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 8)..]);
            offset += 10;
            if (offset + length > message.Length)
            {
                return null;
            }

            if (isInternet && ReadRecord(message, offset, length, owner, (DnsType)type, timeToLive) is { } record)
            {
                records.Add(record);
            }

            offset += length;
        }

        return records.ToImmutable();
    }

    private static DnsRecord? ReadRecord(ReadOnlySpan<byte> message, int offset, int length, string owner, DnsType type, uint timeToLive)
    {
        var data = message.Slice(offset, length);
        switch (type)
        {
            case DnsType.A when length == 4:
            case DnsType.Aaaa when length == 16:
                return new DnsRecord(owner, type, timeToLive, new IPAddress(data), null);
            case DnsType.Cname:
                return DnsName.Read(message, ref offset) is { } target ? new DnsRecord(owner, type, timeToLive, null, target) : null;
            case DnsType.Soa when length >= 4:
                // RFC 2308: a negative answer lives for the lesser of the SOA's own time and its last field.
                return new DnsRecord(owner, type, Math.Min(timeToLive, BinaryPrimitives.ReadUInt32BigEndian(data[^4..])), null, null);
            default:
                return null;
        }
    }
}

/// <summary>One record; <see cref="Address"/> and <see cref="Target"/> according to its type.</summary>
internal sealed record DnsRecord(string Owner, DnsType Type, uint TimeToLive, IPAddress? Address, string? Target);
