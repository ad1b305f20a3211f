using System.Text;
using System.Text.RegularExpressions;
using Culvert.Proxy.Http;

namespace Culvert.Fuzz.Targets;

/// <summary>
/// Request heads, against a grammar in regular expressions. What is taken must satisfy it, must come out the same however the
/// bytes are split, and must leave with one Host and without a credential of the proxy's.
/// </summary>
internal static partial class HeadTarget
{
    public static readonly FuzzTarget Target = new("head", Check,
        ["\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", "Host: a\r\n", "Content-Length: 3\r\n", "Content-Length: +3\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n",
            "Connection: close, host\r\n", "Proxy-Authorization: Basic eA==\r\n", "HTTP/1.0", "HTTP/1.1", "http://", "CONNECT a:443 ", "@", "\0"]);

    private static void Check(byte[] input)
    {
        var whole = Scan(input, input.Length);
        if (whole != Scan(input, 1) || whole != Scan(input, 7))
        {
            throw new DisagreementException("the end of the head depends on how the bytes are split");
        }

        if (!int.TryParse(whole, out var end))
        {
            return;
        }

        var start = input.AsSpan().StartsWith("\r\n"u8) ? 2 : 0;
        var head = input.AsSpan(start, end - start);
        if (RequestHead.Parse(head).Is(out var request, out _))
        {
            CheckAgainstGrammar(Encoding.Latin1.GetString(head), request);
            CheckOutgoing(head, request);
        }
    }

    private static string Scan(byte[] input, int step)
    {
        var scanner = new HeadScanner(hasStartLine: true);
        for (var length = Math.Min(step, input.Length); ; length = Math.Min(length + step, input.Length))
        {
            if (scanner.Scan(input.AsSpan(0, length)) is { } result)
            {
                return result.Is(out var end, out var failure) ? $"{end}" : $"{failure}";
            }

            if (length == input.Length)
            {
                return "more";
            }
        }
    }

    private static void CheckAgainstGrammar(string head, RequestHead request)
    {
        if (!Grammar().IsMatch(head))
        {
            throw new DisagreementException("a head outside the grammar is taken");
        }

        var fields = head.Split("\r\n")[1..^2].Select(line => line.Split(':', 2)).ToList();
        int Count(string name) => fields.Count(field => field[0].Equals(name, StringComparison.OrdinalIgnoreCase));
        var (lengths, codings) = (Count("Content-Length"), Count("Transfer-Encoding"));
        if (Count("Host") > 1 || lengths > 1 || codings > 1 || lengths + codings > 1 || Count("Proxy-Authorization") > 1)
        {
            throw new DisagreementException("an ambiguous head is taken");
        }

        var expected = codings == 1 ? BodyKind.Chunked : lengths == 1 && fields.Single(field => field[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))[1].Trim().Trim('0').Length > 0 ? BodyKind.Length : BodyKind.None;
        if (request.Body.Kind != expected)
        {
            throw new DisagreementException($"the body is {expected}, taken for {request.Body.Kind}");
        }
    }

    private static void CheckOutgoing(ReadOnlySpan<byte> head, RequestHead request)
    {
        if (request.IsConnect)
        {
            return;
        }

        using var outgoing = OutgoingHead.OfRequest(head, request);
        var sent = Encoding.Latin1.GetString(outgoing.Bytes.Span);
        var port = request.Destination.Port == 80 ? "" : $":{request.Destination.Port}";
        var hosts = sent.Split("\r\n").Where(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)).ToList();
        if (!Grammar().IsMatch(sent) || hosts is not [var host] || host != $"Host: {request.Destination.Host}{port}")
        {
            throw new DisagreementException("what leaves is not a head with the one Host that was checked");
        }

        if (Forbidden().IsMatch(sent))
        {
            throw new DisagreementException("a field for the proxy leaves it");
        }
    }

    [GeneratedRegex(@"\A[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e]+ HTTP/1\.[01]\r\n([!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n\z")]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\r\n(Proxy-Authorization|Proxy-Connection|Keep-Alive|TE):", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();
}
