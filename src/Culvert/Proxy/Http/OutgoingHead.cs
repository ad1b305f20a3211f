using System.Text;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Http;

/// <summary>A head on its way out, in a pooled buffer that is wiped afterwards: credentials pass through it.</summary>
internal sealed class OutgoingHead : IDisposable
{
    private byte[]? _buffer;
    private int _length;

    // What is added is a Host field and a few constants; what is taken away makes it smaller.
    private OutgoingHead(int incoming) => _buffer = BufferPool.Rent(incoming + 1024);

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>
    /// The request in origin form. Host is written from the target and never copied (RFC 9112 section 3.2.2), so what
    /// the policy checked is what the server reads.
    /// </summary>
    public static OutgoingHead OfRequest(ReadOnlySpan<byte> head, RequestHead request)
    {
        var outgoing = new OutgoingHead(head.Length);
        var path = head[request.Path];
        outgoing.Append(head[..(request.Method.Length + 1)]);
        if (!path.StartsWith("/"u8))
        {
            // "OPTIONS http://host" without a path asks about the server itself (RFC 9112 section 3.2.4).
            outgoing.Append(path.IsEmpty && request.Method == "OPTIONS" ? "*"u8 : "/"u8);
        }

        outgoing.Append(path);
        outgoing.Append(request.IsHttp10 ? " HTTP/1.0\r\nHost: "u8 : " HTTP/1.1\r\nHost: "u8);
        outgoing.Append(request.Destination.Host);
        outgoing.Append(request.Destination.Port == 80 ? "\r\n"u8 : Encoding.ASCII.GetBytes($":{request.Destination.Port}\r\n"));
        outgoing.AppendFields(head[request.FieldsAt..], request.Fields, withHost: false, request.IsUpgrade);
        outgoing.AppendEnd(request.Fields, request.IsUpgrade, close: request.IsHttp10);
        return outgoing;
    }

    public static OutgoingHead OfResponse(ReadOnlySpan<byte> head, ResponseHead response, bool close)
    {
        var outgoing = new OutgoingHead(head.Length);
        outgoing.Append("HTTP/1.1"u8);
        outgoing.Append(head[8..response.FieldsAt]);
        outgoing.AppendFields(head[response.FieldsAt..], response.Fields, withHost: true, response.IsSwitch);
        outgoing.AppendEnd(response.Fields, response.IsSwitch, close);
        return outgoing;
    }

    /// <summary>A trailer section without the fields that have no place there (RFC 9110 section 6.5.1).</summary>
    public static OutgoingHead OfTrailers(ReadOnlySpan<byte> block)
    {
        var outgoing = new OutgoingHead(block.Length);
        var fields = new FieldReader(block);
        while (fields.Next())
        {
            if (!FieldNames.IsHopByHop(fields.Name) && !FieldNames.IsFraming(fields.Name))
            {
                outgoing.Append(fields.Line);
            }
        }

        outgoing.Append("\r\n"u8);
        return outgoing;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            BufferPool.GiveBack(buffer, _length);
        }
    }

    private void AppendFields(ReadOnlySpan<byte> block, MessageFields about, bool withHost, bool upgrades)
    {
        var fields = new FieldReader(block);
        while (fields.Next())
        {
            var isUpgrade = upgrades && FieldNames.Is(fields.Name, "Upgrade"u8);
            var stays = isUpgrade || (!FieldNames.IsHopByHop(fields.Name) && !about.Nominates(fields.Name));
            if (stays && (withHost || !FieldNames.Is(fields.Name, "Host"u8)))
            {
                Append(fields.Line);
            }
        }
    }

    private void AppendEnd(MessageFields about, bool upgrades, bool close)
    {
        Append(about.IsChunked ? "Transfer-Encoding: chunked\r\n"u8 : default);
        Append(upgrades ? "Connection: Upgrade\r\n"u8 : close ? "Connection: close\r\n"u8 : default);
        Append("\r\n"u8);
    }

    private void Append(string text) => Append(Encoding.ASCII.GetBytes(text));

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }
}
