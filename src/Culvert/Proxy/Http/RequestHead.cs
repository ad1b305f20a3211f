using System.Text;

namespace Culvert.Proxy.Http;

/// <summary>What a proxy must know of a request. Ranges are places in the head, which stays in the client's buffer.</summary>
internal sealed record RequestHead(
    string Method,
    Destination Destination,
    Range Path,
    int FieldsAt,
    bool IsHttp10,
    MessageFields Fields,
    BodyFraming Body)
{
    public bool IsConnect => Method == "CONNECT";

    public bool IsHead => Method == "HEAD";

    /// <summary>May be sent again when the connection to the server was found dead (RFC 9110 section 9.2.2).</summary>
    public bool IsRepeatable => Body.Kind == BodyKind.None && Method is ("GET" or "HEAD" or "OPTIONS" or "TRACE");

    /// <summary>HTTP/1.0 connections are closed after one answer.</summary>
    public bool KeepsAlive => !IsHttp10 && !Fields.SaysClose;

    /// <summary>A body would have to be told from the new protocol's bytes, so a request with one is not upgraded.</summary>
    public bool IsUpgrade => Fields.AsksUpgrade && Body.Kind == BodyKind.None && !IsHttp10;

    /// <summary>Reads a scanned head. Whatever is malformed or ambiguous is a bad request, and nothing of it is forwarded.</summary>
    public static Outcome<RequestHead> Parse(ReadOnlySpan<byte> head)
    {
        var line = head[..head.IndexOf("\r\n"u8)];
        var fieldsAt = line.Length + 2;

        // method SP request-target SP HTTP-version, single spaces only (RFC 9112 section 3).
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first + 1 || line[..first].ContainsAnyExcept(FieldReader.TokenBytes))
        {
            return ProxyFailure.BadRequest;
        }

        var target = line[(first + 1)..last];
        var version = line[(last + 1)..];
        var isHttp10 = version.SequenceEqual("HTTP/1.0"u8);
        if ((!isHttp10 && !version.SequenceEqual("HTTP/1.1"u8)) || target.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
        {
            return ProxyFailure.BadRequest;
        }

        var method = Encoding.ASCII.GetString(line[..first]);
        return ParseTarget(method, target, first + 1).Is(out var parsed, out var failure)
            ? ParseFields(head, method, parsed, fieldsAt, isHttp10)
            : failure;
    }

    private static Outcome<RequestTarget> ParseTarget(string method, ReadOnlySpan<byte> target, int offset)
    {
        if (method == "CONNECT")
        {
            return RequestTarget.ParseAuthority(target) is { } authority ? authority : ProxyFailure.BadRequest;
        }

        // origin-form, or https in absolute form: the client took this port for a web server.
        if (target[0] == '/' || target[0] == '*' || target.StartsWith("https:"u8))
        {
            return ProxyFailure.CommandNotSupported;
        }

        return RequestTarget.ParseAbsolute(target) is { } absolute
            ? absolute with { Path = (offset + absolute.Path.Start.Value)..(offset + absolute.Path.End.Value) }
            : ProxyFailure.BadRequest;
    }

    private static Outcome<RequestHead> ParseFields(ReadOnlySpan<byte> head, string method, RequestTarget target, int fieldsAt, bool isHttp10)
    {
        if (MessageFields.Parse(head[fieldsAt..]) is not { } fields)
        {
            return ProxyFailure.BadRequest;
        }

        // RFC 9112 section 3.2 (Host), section 6.1 (chunked belongs to 1.1), RFC 9110 section 9.3.6 (CONNECT has no body).
        var hostIsWrong = fields.Hosts > 1 || (fields.Hosts == 0 && !isHttp10);
        var bodyIsWrong = fields.IsChunked && (isHttp10 || method == "CONNECT");
        if (hostIsWrong || bodyIsWrong || (method == "CONNECT" && fields.ContentLength is > 0))
        {
            return ProxyFailure.BadRequest;
        }

        var body = fields.IsChunked ? BodyFraming.Chunked : BodyFraming.OfLength(fields.ContentLength ?? 0);
        return new RequestHead(method, target.Destination, target.Path, fieldsAt, isHttp10, fields, body);
    }
}
