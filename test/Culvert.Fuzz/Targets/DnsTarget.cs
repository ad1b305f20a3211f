using System.Text;
using Culvert.Proxy.Resolve;

namespace Culvert.Fuzz.Targets;

/// <summary>DNS messages: reading never throws, and a name is what a reader that follows labels one by one makes of it.</summary>
internal static class DnsTarget
{
    public static readonly FuzzTarget Target = new("dns", Check, ["\xc0\x0c", "\xc0\xff", "\x01a\0", "\0", "\0\x01\0\x01", "\0\x05\0\x01", "\x3f", "\xff"]);

    private static void Check(byte[] input)
    {
        for (var start = 0; start < Math.Min(input.Length, 64); start++)
        {
            var offset = start;
            var name = DnsName.Read(input, ref offset);
            var expected = ReadSlowly(input, start, start);
            if (name != expected)
            {
                throw new DisagreementException($"at {start}: '{name}', where the oracle reads '{expected}'");
            }
        }

        // Behind a fixed header and question, so that the records are reached.
        byte[] message = [0, 1, 0x81, 0x80, 0, 1, 0, 3, 0, 2, 0, 0, 1, (byte)'a', 0, 0, 1, 0, 1, .. input];
        var question = new DnsQuestion("a", DnsType.A);
        if (!DnsMessage.Answers(message, 1, question))
        {
            throw new DisagreementException("the answer to the question is not taken for it");
        }

        var answer = DnsMessage.Read(message, question);
        if (answer.Status == DnsStatus.Found == answer.Addresses.IsEmpty || answer.TimeToLive < TimeSpan.Zero)
        {
            throw new DisagreementException($"an answer that makes no sense: {answer}");
        }
    }

    // What stands so far, and the name from here: a label and the rest; a pointer only to before where this run of labels began.
    private static string? ReadSlowly(byte[] message, int at, int floor, string soFar = "")
    {
        if (at >= message.Length)
        {
            return null;
        }

        int first = message[at];
        if (first == 0)
        {
            return soFar;
        }

        if (first >= 0xC0)
        {
            var target = at + 1 < message.Length ? ((first & 0x3F) << 8) | message[at + 1] : int.MaxValue;
            return target < floor ? ReadSlowly(message, target, target, soFar) : null;
        }

        if (first >= 0x40 || at + 1 + first > message.Length || soFar.Length + first + 1 > 254)
        {
            return null;
        }

        var label = string.Concat(Encoding.Latin1.GetString(message, at + 1, first)
            .Select(letter => letter == '.' ? "\\." : char.IsAsciiLetterUpper(letter) ? $"{(char)(letter + 32)}" : $"{letter}"));
        return ReadSlowly(message, at + 1 + first, floor, soFar.Length == 0 ? label : $"{soFar}.{label}");
    }
}
