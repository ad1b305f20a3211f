namespace Culvert.Proxy.Http;

/// <summary>What a proxy must know of a response.</summary>
internal sealed record ResponseHead(int Status, int FieldsAt, bool KeepsAlive, MessageFields Fields, BodyFraming Body)
{
    private const int SwitchingProtocols = 101;

    public bool IsInterim => Status is >= 100 and < 200 and not SwitchingProtocols;

    public bool IsSwitch => Status == SwitchingProtocols;

    /// <summary>Null when it is not a valid answer to the request (RFC 9112 sections 4 and 6.3).</summary>
    public static ResponseHead? Parse(ReadOnlySpan<byte> head, RequestHead request)
    {
        // HTTP-version SP 3DIGIT SP reason
        var line = head[..head.IndexOf("\r\n"u8)];
        var isHttp10 = line.StartsWith("HTTP/1.0 "u8);
        if (line.Length < 12 || (!isHttp10 && !line.StartsWith("HTTP/1.1 "u8)) || (line.Length > 12 && line[12] != ' '))
        {
            return null;
        }

        var digits = line[9..12];
        if (digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') || MessageFields.Parse(head[(line.Length + 2)..]) is not { } fields)
        {
            return null;
        }

        var status = ((digits[0] - '0') * 100) + ((digits[1] - '0') * 10) + digits[2] - '0';
        if (status is < 100 or > 599 || (fields.IsChunked && (isHttp10 || request.IsHttp10)))
        {
            return null;
        }

        var body = Framing(status, fields, request);
        var keepsAlive = !fields.SaysClose && (!isHttp10 || fields.SaysKeepAlive) && body.Kind != BodyKind.UntilClose;
        return new ResponseHead(status, line.Length + 2, keepsAlive, fields, body);
    }

    private static BodyFraming Framing(int status, MessageFields fields, RequestHead request)
    {
        if (request.IsHead || status is < 200 or 204 or 304)
        {
            return BodyFraming.None;
        }

        return fields.IsChunked ? BodyFraming.Chunked
            : fields.ContentLength is { } length ? BodyFraming.OfLength(length)
            : BodyFraming.UntilClose;
    }
}
