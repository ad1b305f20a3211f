namespace Culvert.Proxy.Socks.Udp;

/// <summary>The TCP side of an association: it lives as long as this connection, and ends with it when nothing passes any more.</summary>
internal sealed class UdpSession(UdpPort port, ProxyLimits limits, TimeProvider time)
{
    /// <summary>Null when the association has been; else why there was none, and the client is not told yet.</summary>
    public async ValueTask<ProxyFailure?> RunAsync(Wire client, Caller caller, int declaredPort, CancellationToken cancellationToken)
    {
        if (!port.Open(caller, declaredPort).Is(out var association, out var failure))
        {
            return failure;
        }

        try
        {
            var reached = client.LocalEndPoint?.Address ?? System.Net.IPAddress.Any;
            if (await client.SendAsync(SocksReply.Success(new(reached, port.Port)), cancellationToken))
            {
                await LastAsync(client, association, cancellationToken);
            }

            return null;
        }
        finally
        {
            port.Close(association);
        }
    }

    private async Task LastAsync(Wire client, UdpAssociation association, CancellationToken cancellationToken)
    {
        while (limits.UdpIdle - association.Idle is { Ticks: > 0 } left)
        {
            using var patience = new Deadline(left, time, cancellationToken);
            try
            {
                // Nothing is to be said on this connection; what comes all the same is thrown away.
                if (await client.FillAsync(512, patience.Token) != WireRead.Data)
                {
                    return;
                }

                client.Consume(client.Buffered.Length);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Time to look whether a datagram passed meanwhile.
            }
        }
    }
}
