namespace Culvert.Proxy.Http;

/// <summary>Fills a wire until a whole head is buffered. It consumes nothing but an empty line before the head.</summary>
internal static class HeadReader
{
    private const int FirstBuffer = 4 * 1024;

    /// <summary>The length of the head; <see cref="ProxyFailure.ClientGone"/> when the far end closes before it is whole.</summary>
    public static async ValueTask<Outcome<int>> ReadAsync(Wire from, bool hasStartLine, CancellationToken cancellationToken)
    {
        var scanner = new HeadScanner(hasStartLine);
        while (true)
        {
            if (scanner.Scan(from.Buffered.Span) is { } result)
            {
                if (!result.Is(out var end, out var failure))
                {
                    return failure;
                }

                from.Consume(scanner.Start);
                return end - scanner.Start;
            }

            if (await from.FillAsync(FirstBuffer, cancellationToken) != WireRead.Data)
            {
                return ProxyFailure.ClientGone;
            }
        }
    }
}
