namespace Culvert.Proxy.Http;

/// <summary>How the passing of a body ended.</summary>
internal enum BodyEnd
{
    Complete,

    /// <summary>The sender closed, broke off or sent what its framing does not allow.</summary>
    SourceFailed,

    /// <summary>As <see cref="SourceFailed"/>, and it is the framing that was wrong.</summary>
    SourceMalformed,

    SinkGone,
}

/// <summary>
/// Passes one body on as it arrives: whatever a read brought is sent before the next read, so that a stream's chunks are
/// never held back, and no more than one buffer is held.
/// </summary>
internal static class BodyPump
{
    private const int Buffer = 16 * 1024;

    public static async Task<BodyEnd> CopyAsync(Wire from, Wire to, BodyFraming framing, Action<long> count, CancellationToken cancellationToken)
    {
        var remaining = framing.Length;
        var chunks = framing.Kind == BodyKind.Chunked ? new ChunkedScanner() : null;
        while (framing.Kind != BodyKind.None && (framing.Kind != BodyKind.Length || remaining > 0))
        {
            if (from.Buffered.IsEmpty && await from.FillAsync(Buffer, cancellationToken) is not WireRead.Data and var read)
            {
                return framing.Kind == BodyKind.UntilClose && read == WireRead.End ? BodyEnd.Complete : BodyEnd.SourceFailed;
            }

            var pending = from.Buffered;
            var length = framing.Kind == BodyKind.Length ? (int)Math.Min(remaining, pending.Length) : pending.Length;
            if (chunks is not null)
            {
                if (chunks.Scan(pending.Span) is not { } ofChunks)
                {
                    return BodyEnd.SourceMalformed;
                }

                length = ofChunks;
            }

            if (!await to.SendAsync(pending[..length], cancellationToken))
            {
                return BodyEnd.SinkGone;
            }

            from.Consume(length);
            remaining -= length;
            count(length);
            if (chunks is { IsAtTrailers: true })
            {
                return await CopyTrailersAsync(from, to, cancellationToken);
            }
        }

        return BodyEnd.Complete;
    }

    private static async Task<BodyEnd> CopyTrailersAsync(Wire from, Wire to, CancellationToken cancellationToken)
    {
        var read = await HeadReader.ReadAsync(from, hasStartLine: false, cancellationToken);
        if (!read.Is(out var length, out var failure))
        {
            return failure == ProxyFailure.ClientGone ? BodyEnd.SourceFailed : BodyEnd.SourceMalformed;
        }

        if (MessageFields.Parse(from.Buffered.Span[..length]) is null)
        {
            return BodyEnd.SourceMalformed;
        }

        using var trailers = OutgoingHead.OfTrailers(from.Buffered.Span[..length]);
        from.Consume(length);
        return await to.SendAsync(trailers.Bytes, cancellationToken) ? BodyEnd.Complete : BodyEnd.SinkGone;
    }
}
