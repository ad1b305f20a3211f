using Culvert.Proxy.Accounting;
using Culvert.Proxy.Http;
using Culvert.Proxy.Socks;

namespace Culvert.Proxy;

/// <summary>
/// Tells by the first byte what a client speaks: SOCKS5 begins with 5, SOCKS4 with 4, and an HTTP method with a letter.
/// So each port understands both, and a client with the wrong one of the two works.
/// </summary>
internal sealed class ClientSession(SocksSession socks, HttpSession http, Accountant accountant, Notices notices, ProxyLimits limits, TimeProvider time)
{
    /// <summary>
    /// Waits for the first byte and begins what it asks for; the task inside is the rest of the connection's life, in which
    /// nothing of this beginning is kept. <paramref name="stopping"/> ends idle waits, <paramref name="aborting"/> everything.
    /// </summary>
    public async ValueTask<Task> BeginAsync(Wire client, ProxyProtocol portSpeaks, CancellationToken stopping, CancellationToken aborting)
    {
        var started = time.GetTimestamp();
        var deadline = new Deadline(limits.Handshake, time, aborting);
        var first = await FirstByteAsync(client, deadline, aborting);
        if (first == 5)
        {
            return socks.RunAsync(client, deadline, aborting);
        }

        if (first is { } letter && (char.IsAsciiLetter((char)letter) || (portSpeaks == ProxyProtocol.Http && letter != 4)))
        {
            return http.RunAsync(client, deadline, stopping, aborting);
        }

        deadline.Dispose();
        if (first is null)
        {
            return Task.CompletedTask;
        }

        accountant.Record(new ExchangeRecord(
            portSpeaks, new Caller(client.Client, null), null, ProxyFailure.ProtocolNotSupported, 0, 0, time.GetElapsedTime(started)));
        return RefuseAsync(client, isSocks4: first == 4, aborting);
    }

    // A connection without a byte is a health check or a client's reserve: no request, so nothing to account for.
    private static async ValueTask<byte?> FirstByteAsync(Wire client, Deadline deadline, CancellationToken aborting)
    {
        try
        {
            return await client.EnsureAsync(1, deadline.Token) ? client.Buffered.Span[0] : null;
        }
        catch (OperationCanceledException) when (!aborting.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task RefuseAsync(Wire client, bool isSocks4, CancellationToken aborting)
    {
        if (isSocks4)
        {
            notices.Socks4Refused(client.Client);
            await client.SendAsync(Socks4Refusal.Reply, aborting);
        }
        else
        {
            notices.UnknownProtocol(client.Client);
        }

        await client.LingerAsync(time, aborting);
    }
}
