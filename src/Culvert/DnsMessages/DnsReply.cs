using System.Buffers.Binary;

namespace Culvert.DnsMessages;

/// <summary>What a resolver that only passes messages on says by itself (RFC 1035 section 4.1.1).</summary>
internal static class DnsReply
{
    private const byte Response = 0x80;
    private const byte Truncation = 0x02;
    private const byte ServerFailure = 2;

    /// <summary>Without EDNS an answer over UDP has this much room (section 4.2.1); with it, what every path carries whole.</summary>
    private const int Plain = 512;
    private const int WithOptions = 1232;

    /// <summary>SERVFAIL to a query. Throws <see cref="InvalidDataException"/> for what is none.</summary>
    public static byte[] Failure(ReadOnlySpan<byte> query)
    {
        var reply = WithoutRecords(query);
        reply[3] = ServerFailure;
        return reply;
    }

    /// <summary>The answer as it goes over UDP: whole, or cut to its question so that the asker comes again over TCP.</summary>
    public static byte[] ForUdp(ReadOnlySpan<byte> query, byte[] answer)
    {
        var options = BinaryPrimitives.ReadUInt16BigEndian(query[10..]) > 0;
        if (answer.Length <= (options ? WithOptions : Plain))
        {
            return answer;
        }

        var reply = WithoutRecords(answer);
        reply[2] |= Truncation;
        return reply;
    }

    private static byte[] WithoutRecords(ReadOnlySpan<byte> message)
    {
        var reply = DnsMessage.HeaderAndQuestions(message).ToArray();
        reply[2] |= Response;
        // Answers, authorities, additional records: none.
        reply.AsSpan(6, 6).Clear();
        return reply;
    }
}
