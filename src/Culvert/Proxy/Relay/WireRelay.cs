namespace Culvert.Proxy.Relay;

/// <summary>Bytes that passed in each direction. Both pumps write to it; it is read when they have ended.</summary>
internal sealed class Tally
{
    private long _up;
    private long _down;

    public long Up => Interlocked.Read(ref _up);

    public long Down => Interlocked.Read(ref _down);

    public void AddUp(long count) => Interlocked.Add(ref _up, count);

    public void AddDown(long count) => Interlocked.Add(ref _down, count);
}

/// <summary>
/// Copies both ways until both have ended. An end in one direction is passed on and the other goes on; an error in
/// either resets both. One buffer a direction: a peer that stops reading stops its sender through TCP itself.
/// </summary>
internal static class WireRelay
{
    private const int SmallBuffer = 16 * 1024;
    private const int BulkBuffer = 128 * 1024;

    /// <summary>False when a side broke off.</summary>
    public static async Task<bool> RunAsync(Wire client, Wire server, Tally tally, CancellationToken cancellationToken)
    {
        var up = PumpAsync(client, server, tally.AddUp, cancellationToken);
        var down = PumpAsync(server, client, tally.AddDown, cancellationToken);
        try
        {
            var ends = await Task.WhenAll(up, down);
            return ends[0] && ends[1];
        }
        catch (OperationCanceledException)
        {
            client.Abort();
            server.Abort();
            throw;
        }
    }

    private static async Task<bool> PumpAsync(Wire from, Wire to, Action<long> count, CancellationToken cancellationToken)
    {
        var capacity = SmallBuffer;
        while (true)
        {
            var pending = from.Buffered;
            if (pending.IsEmpty)
            {
                switch (await from.FillAsync(capacity, cancellationToken))
                {
                    case WireRead.End:
                        to.ShutdownSend();
                        return true;
                    case WireRead.Broken:
                        to.Abort();
                        return false;
                    default:
                        pending = from.Buffered;
                        break;
                }
            }

            if (!await to.SendAsync(pending, cancellationToken))
            {
                from.Abort();
                return false;
            }

            count(pending.Length);
            from.Consume(pending.Length);

            // A read that filled its buffer is bulk: fewer, larger copies from here on.
            capacity = pending.Length >= capacity ? BulkBuffer : capacity;
        }
    }
}
