using System.Buffers.Text;
using System.Collections.Immutable;

namespace Culvert.Proxy.Http;

/// <summary>
/// What a proxy must know of a message's fields. Values that it does not need are not kept; the one credential it needs
/// is a place in the buffer.
/// </summary>
internal sealed record MessageFields
{
    private const int MaximumNominated = 32;

    public long? ContentLength { get; private init; }

    public bool IsChunked { get; private init; }

    public int Hosts { get; private init; }

    public bool SaysClose { get; private init; }

    public bool SaysKeepAlive { get; private init; }

    /// <summary>Connection: upgrade, with an Upgrade field.</summary>
    public bool AsksUpgrade { get; private init; }

    /// <summary>Where the value of Proxy-Authorization stands in the block.</summary>
    public Range? Credentials { get; private init; }

    /// <summary>Other names in Connection: those fields are for this hop only.</summary>
    public ImmutableArray<string> Nominated { get; private init; } = [];

    /// <summary>Null when the fields are malformed or their framing is ambiguous (RFC 9112 section 6.3, RFC 9110 section 8.6).</summary>
    public static MessageFields? Parse(ReadOnlySpan<byte> block)
    {
        long? contentLength = null;
        var (chunked, hosts, hasUpgrade) = (false, 0, false);
        Range? credentials = null;
        var connection = new ConnectionOptions();
        var fields = new FieldReader(block);
        while (fields.Next())
        {
            if (FieldNames.Is(fields.Name, "Content-Length"u8))
            {
                if (contentLength is not null || ParseLength(fields.Value) is not { } length)
                {
                    return null;
                }

                contentLength = length;
            }
            else if (FieldNames.Is(fields.Name, "Transfer-Encoding"u8))
            {
                // Only this spelling: whatever else a server may make of another is where smuggling begins.
                if (chunked || !fields.Value.SequenceEqual("chunked"u8))
                {
                    return null;
                }

                chunked = true;
            }
            else if (FieldNames.Is(fields.Name, "Connection"u8))
            {
                connection.Add(fields.Value);
            }
            else if (FieldNames.Is(fields.Name, "Proxy-Authorization"u8))
            {
                if (credentials is not null)
                {
                    return null;
                }

                credentials = fields.ValueOffset..(fields.ValueOffset + fields.Value.Length);
            }

            hosts += FieldNames.Is(fields.Name, "Host"u8) ? 1 : 0;
            hasUpgrade |= FieldNames.Is(fields.Name, "Upgrade"u8);
        }

        if (fields.IsMalformed || (chunked && contentLength is not null) || connection.IsMalformed || connection.Nominated.Count > MaximumNominated)
        {
            return null;
        }

        return new MessageFields
        {
            ContentLength = contentLength,
            IsChunked = chunked,
            Hosts = hosts,
            SaysClose = connection.Close,
            SaysKeepAlive = connection.KeepAlive,
            AsksUpgrade = connection.Upgrade && hasUpgrade,
            Credentials = credentials,
            Nominated = [.. connection.Nominated],
        };
    }

    public bool Nominates(ReadOnlySpan<byte> name)
    {
        foreach (var nominated in Nominated)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(name, nominated))
            {
                return true;
            }
        }

        return false;
    }

    // 1*DIGIT: no sign, no list, no white space inside; 18 digits stay inside a long.
    private static long? ParseLength(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= 18
        && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && Utf8Parser.TryParse(value, out long length, out _) ? length : null;
}
