using Culvert.Proxy.Relay;

namespace Culvert.Proxy.Http;

/// <summary>How an exchange left the client's connection.</summary>
internal readonly record struct ExchangeEnd(ProxyFailure? Failure, bool ClientMayGoOn)
{
    public static readonly ExchangeEnd Closed = new(null, false);

    /// <summary>The failure came before any of the answer, so the client can still be told.</summary>
    public bool IsUnanswered { get; init; }

    public static ExchangeEnd Unanswered(ProxyFailure failure) => new(failure, false) { IsUnanswered = true };
}

/// <summary>
/// One request in absolute form and its answer. The request's body and the answer travel at the same time: a server may
/// answer early, and 100 (Continue) passes through like every interim answer.
/// </summary>
internal sealed class HttpExchange(Wire client, ServerLink link, TimeProvider time)
{
    private static readonly TimeSpan BodyGrace = TimeSpan.FromMilliseconds(250);

    /// <summary>Takes the head of <paramref name="length"/> bytes from the client's buffer and forwards it.</summary>
    public async Task<ExchangeEnd> RunAsync(RequestHead request, int length, Tally tally, CancellationToken cancellationToken)
    {
        using var head = OutgoingHead.OfRequest(client.Buffered.Span[..length], request);
        client.Consume(length);
        while (true)
        {
            var opened = await link.OpenAsync(request.Destination, cancellationToken);
            if (!opened.Is(out var server, out var failure))
            {
                return new ExchangeEnd(failure, request.KeepsAlive && request.Body.Kind == BodyKind.None) { IsUnanswered = true };
            }

            var sent = await server.SendAsync(head.Bytes, cancellationToken);
            if (sent || !link.IsReused)
            {
                tally.AddUp(head.Bytes.Length);
                if (await AnswerAsync(request, server, tally, cancellationToken) is { } end)
                {
                    return end;
                }
            }

            // The server closed the kept connection while the request was on its way (RFC 9112 section 9.3.1).
            link.Close();
        }
    }

    /// <summary>Null when nothing came over a used connection and the request may be sent again.</summary>
    private async Task<ExchangeEnd?> AnswerAsync(RequestHead request, Wire server, Tally tally, CancellationToken cancellationToken)
    {
        using var bodyStop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var body = SendBodyAsync(request, server, tally, bodyStop.Token);
        try
        {
            var end = await RelayAnswerAsync(request, server, tally, cancellationToken);
            return end is { } known ? await FinishAsync(known, body, cancellationToken) : null;
        }
        finally
        {
            await bodyStop.CancelAsync();
            await StoppedAsync(body);
        }
    }

    private async Task<BodyEnd> SendBodyAsync(RequestHead request, Wire server, Tally tally, CancellationToken cancellationToken)
    {
        var end = await BodyPump.CopyAsync(client, server, request.Body, tally.AddUp, cancellationToken);
        if (end is BodyEnd.SourceFailed or BodyEnd.SourceMalformed)
        {
            // Without its end the server must not take the body for whole; this also ends the wait for the answer.
            server.Abort();
        }

        return end;
    }

    private async Task<ExchangeEnd?> RelayAnswerAsync(RequestHead request, Wire server, Tally tally, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await HeadReader.ReadAsync(server, hasStartLine: true, cancellationToken);
            if (!read.Is(out var length, out _))
            {
                var mayRepeat = link.IsReused && request.IsRepeatable && server.Buffered.IsEmpty;
                return mayRepeat ? null : ExchangeEnd.Unanswered(ProxyFailure.BadGateway);
            }

            if (ResponseHead.Parse(server.Buffered.Span[..length], request) is not { } response || (response.IsSwitch && !request.IsUpgrade))
            {
                return ExchangeEnd.Unanswered(ProxyFailure.BadGateway);
            }

            var closes = !response.IsInterim && !(request.KeepsAlive && response.Body.Kind != BodyKind.UntilClose);
            if (!await SendHeadAsync(server, response, length, closes, request, tally, cancellationToken))
            {
                return new ExchangeEnd(ProxyFailure.ClientGone, false);
            }

            if (response.IsSwitch)
            {
                await WireRelay.RunAsync(client, server, tally, cancellationToken);
                return ExchangeEnd.Closed;
            }

            if (!response.IsInterim)
            {
                return await RelayBodyAsync(response, server, closes, tally, cancellationToken);
            }
        }
    }

    private async ValueTask<bool> SendHeadAsync(
        Wire server, ResponseHead response, int length, bool closes, RequestHead request, Tally tally, CancellationToken cancellationToken)
    {
        using var head = OutgoingHead.OfResponse(server.Buffered.Span[..length], response, closes);
        server.Consume(length);

        // HTTP/1.0 knows no interim answers (RFC 9110 section 15.2).
        if (response.IsInterim && request.IsHttp10)
        {
            return true;
        }

        tally.AddDown(head.Bytes.Length);
        return await client.SendAsync(head.Bytes, cancellationToken);
    }

    private async Task<ExchangeEnd> RelayBodyAsync(ResponseHead response, Wire server, bool closes, Tally tally, CancellationToken cancellationToken)
    {
        switch (await BodyPump.CopyAsync(server, client, response.Body, tally.AddDown, cancellationToken))
        {
            case BodyEnd.Complete:
                if (!response.KeepsAlive)
                {
                    link.Close();
                }

                return new ExchangeEnd(null, !closes);
            case BodyEnd.SinkGone:
                link.Close();
                return new ExchangeEnd(ProxyFailure.ClientGone, false);
            default:
                // The answer broke off: a reset says so, where an orderly end could pass for a whole answer.
                client.Abort();
                link.Close();
                return new ExchangeEnd(ProxyFailure.BadGateway, false);
        }
    }

    /// <summary>Settles what the request's body means for the connections.</summary>
    private async Task<ExchangeEnd> FinishAsync(ExchangeEnd end, Task<BodyEnd> body, CancellationToken cancellationToken)
    {
        if (!body.IsCompleted)
        {
            // The answer was early. What has been sent may be noticed a moment later than its answer.
            await Task.WhenAny(body, Task.Delay(BodyGrace, time, cancellationToken));
        }

        var sent = body.IsCompletedSuccessfully ? await body : (BodyEnd?)null;
        if (sent == BodyEnd.Complete)
        {
            return end;
        }

        link.Close();
        return sent switch
        {
            BodyEnd.SourceMalformed when end.IsUnanswered => ExchangeEnd.Unanswered(ProxyFailure.BadRequest),
            BodyEnd.SourceFailed when end.IsUnanswered => new ExchangeEnd(ProxyFailure.ClientGone, false),
            _ => end with { ClientMayGoOn = false },
        };
    }

    private static async Task StoppedAsync(Task<BodyEnd> body)
    {
        try
        {
            await body;
        }
        catch (OperationCanceledException)
        {
            // The answer is over; the rest of the body has no reader.
        }
    }
}
