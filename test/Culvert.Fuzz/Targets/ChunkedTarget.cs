using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Proxy.Http;

namespace Culvert.Fuzz.Targets;

/// <summary>Chunked bodies, against a reader that has the whole of it and takes a line at a time.</summary>
internal static partial class ChunkedTarget
{
    public static readonly FuzzTarget Target = new("chunked", Check, ["\r\n", "\n", "0\r\n", "3\r\nabc\r\n", ";a=b", "ffffffffffffffff", "00000000000000000", "A", "a\r\n0123456789\r\n"]);

    private static void Check(byte[] input)
    {
        var expected = ReadSlowly(Encoding.Latin1.GetString(input));
        foreach (var step in (int[])[Math.Max(1, input.Length), 1, 5])
        {
            var seen = Read(input, step);
            if (seen != expected)
            {
                throw new DisagreementException($"in steps of {step}: {seen}, where the oracle says {expected}");
            }
        }
    }

    private static string Read(byte[] input, int step)
    {
        var scanner = new ChunkedScanner();
        var passed = 0;
        for (var at = 0; at < input.Length && !scanner.IsAtTrailers; at += step)
        {
            if (scanner.Scan(input.AsSpan(at, Math.Min(step, input.Length - at))) is not { } count)
            {
                return "malformed";
            }

            passed += count;
        }

        return scanner.IsAtTrailers ? $"trailers at {passed}" : "more";
    }

    private static string ReadSlowly(string text)
    {
        for (var at = 0; ;)
        {
            var line = Line().Match(text, at);
            if (!line.Success)
            {
                return Beginning().IsMatch(text[at..]) ? "more" : "malformed";
            }

            at += line.Length;
            var size = long.Parse(line.Groups[1].Value, NumberStyles.HexNumber);
            if (size == 0)
            {
                return $"trailers at {at}";
            }

            if (text.Length - at <= size)
            {
                return "more";
            }

            at += (int)size;
            var end = text.AsSpan(at, Math.Min(2, text.Length - at));
            if (!"\r\n".AsSpan().StartsWith(end))
            {
                return "malformed";
            }

            if (end.Length < 2)
            {
                return "more";
            }

            at += 2;
        }
    }

    [GeneratedRegex(@"\G([0-9A-Fa-f]{1,15})(;[\t\x20-\x7e\x80-\xff]{0,1024})?\r\n")]
    private static partial Regex Line();

    // What may still become a line.
    [GeneratedRegex(@"\A(|[0-9A-Fa-f]{1,15}(;[\t\x20-\x7e\x80-\xff]{0,1024})?\r?)\z")]
    private static partial Regex Beginning();
}
