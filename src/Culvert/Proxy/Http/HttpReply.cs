using System.Text;

namespace Culvert.Proxy.Http;

/// <summary>
/// The one table from failures to HTTP answers. Bodies are constants: nothing of the request can appear in them.
/// The error in Proxy-Status is RFC 9209's word for it, for programs.
/// </summary>
internal static class HttpReply
{
    private sealed record Answer(string Status, string Error, string Body);

    private static Answer Of(ProxyFailure failure) => failure switch
    {
        ProxyFailure.TunnelDown => new("503 Service Unavailable", "destination_unavailable",
            "the VPN tunnel is down, so nothing was sent; it reconnects by itself: try again in a few seconds, or see `culvert status`"),
        ProxyFailure.PolicyDenied => new("403 Forbidden", "http_request_denied",
            "this destination or port is not allowed; see proxy.destinations in culvert.yaml"),
        ProxyFailure.NameNotFound => new("502 Bad Gateway", "dns_error",
            "the name does not exist; check its spelling"),
        ProxyFailure.ResolverUnavailable => new("503 Service Unavailable", "dns_timeout",
            "names cannot be resolved now; try again, and check dns.upstreams in culvert.yaml"),
        ProxyFailure.ConnectionRefused => new("502 Bad Gateway", "connection_refused",
            "the server refused the connection; check the port, or try again later"),
        ProxyFailure.HostUnreachable => new("502 Bad Gateway", "destination_ip_unroutable",
            "the server cannot be reached from the exit; try another location of the VPN"),
        ProxyFailure.NetworkUnreachable => new("502 Bad Gateway", "destination_ip_unroutable",
            "the exit has no route to the server; an IPv6 address needs a VPN that carries IPv6"),
        ProxyFailure.TimedOut => new("504 Gateway Timeout", "connection_timeout",
            "the server did not answer in time; try again, or try another location of the VPN"),
        ProxyFailure.BadGateway => new("502 Bad Gateway", "http_protocol_error",
            "the server closed early or did not answer with valid HTTP; try again"),
        ProxyFailure.RequestLineTooLong => new("414 URI Too Long", "http_request_error",
            "the request line is longer than 8 KiB; send the data in a body"),
        ProxyFailure.HeadersTooLarge => new("431 Request Header Fields Too Large", "http_request_error",
            "the header is larger than 64 KiB or 256 fields; send fewer or smaller fields"),
        ProxyFailure.AuthenticationRequired or ProxyFailure.AuthenticationFailed => new("407 Proxy Authentication Required", "http_request_denied",
            "give the name and password of a user from proxy.users in culvert.yaml"),
        ProxyFailure.TooManyAttempts => new("429 Too Many Requests", "http_request_denied",
            "too many wrong passwords came from this address; wait a minute"),
        ProxyFailure.TooBusy => new("503 Service Unavailable", "connection_limit_reached",
            "the proxy holds as many connections as it can; close some, or try again"),
        ProxyFailure.ShareUsedUp => new("429 Too Many Requests", "connection_limit_reached",
            "this application or user holds as many connections as it may; close some, or see `connections` in culvert.yaml"),
        ProxyFailure.CommandNotSupported => new("400 Bad Request", "http_request_error",
            "this port is a proxy: send CONNECT host:port for https, or an absolute http:// address"),
        ProxyFailure.HandshakeTimedOut => new("408 Request Timeout", "http_request_error",
            "the request did not arrive in time; send it in one go"),
        _ => new("400 Bad Request", "http_request_error",
            "the request is not valid HTTP/1.1, or is ambiguous, and nothing of it was forwarded; check the client"),
    };

    /// <summary>A whole answer; <paramref name="withBody"/> is false for HEAD.</summary>
    public static byte[] Write(ProxyFailure failure, bool keepAlive, bool withBody)
    {
        var answer = Of(failure);
        var body = $"culvert: {answer.Body}\n";
        var head = new StringBuilder($"HTTP/1.1 {answer.Status}\r\n")
            .Append("Content-Type: text/plain; charset=utf-8\r\n")
            .Append($"Content-Length: {body.Length}\r\n")
            .Append("Cache-Control: no-store\r\n")
            .Append($"Proxy-Status: culvert; error={answer.Error}\r\n");
        if (failure is ProxyFailure.AuthenticationRequired or ProxyFailure.AuthenticationFailed)
        {
            head.Append("Proxy-Authenticate: Basic realm=\"culvert\", charset=\"UTF-8\"\r\n");
        }

        if (failure is ProxyFailure.TooManyAttempts)
        {
            head.Append($"Retry-After: {(int)Users.AttemptLimiter.Window.TotalSeconds}\r\n");
        }

        if (failure == ProxyFailure.ShareUsedUp)
        {
            head.Append("Retry-After: 1\r\n");
        }

        head.Append(keepAlive ? "\r\n" : "Connection: close\r\n\r\n").Append(withBody ? body : "");
        return Encoding.ASCII.GetBytes(head.ToString());
    }
}
