using Culvert.Proxy.Accounting;
using Culvert.Proxy.Relay;
using Culvert.Proxy.Users;

namespace Culvert.Proxy.Http;

/// <summary>One client connection on HTTP: requests one after another, until CONNECT, an upgrade or a close.</summary>
internal sealed class HttpSession(Gate gate, UserShares shares, Egress egress, Accountant accountant, ProxyLimits limits, TimeProvider time)
{
    private static readonly ReadOnlyMemory<byte> Established = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();

    /// <summary><paramref name="first"/> holds for the first head and is disposed with it; <paramref name="stopping"/> ends a wait between requests.</summary>
    public async Task RunAsync(Wire client, Deadline first, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var disposed = first;
        using var link = new ServerLink(egress, client.Client);
        using var seat = new Seat(shares);
        var goesOn = await OneAsync(client, link, seat, first, cancellationToken);
        while (goesOn && await NextBeginsAsync(client, stopping, cancellationToken))
        {
            using var deadline = new Deadline(limits.Handshake, time, cancellationToken);
            goesOn = await OneAsync(client, link, seat, deadline, cancellationToken);
        }

        await client.LingerAsync(time, cancellationToken);
    }

    private async ValueTask<bool> NextBeginsAsync(Wire client, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var patience = new Deadline(limits.KeepAlive, time, cancellationToken, stopping);
        try
        {
            return !client.Buffered.IsEmpty || await client.EnsureAsync(1, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>True when the client may send another request.</summary>
    private async Task<bool> OneAsync(Wire client, ServerLink link, Seat seat, Deadline deadline, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var tally = new Tally();
        RequestHead? request = null;
        var end = ExchangeEnd.Closed;
        try
        {
            var read = await ReadHeadAsync(client, deadline, cancellationToken);
            if (!read.Is(out var length, out var failure) || !RequestHead.Parse(client.Buffered.Span[..length]).Is(out request, out failure))
            {
                end = ExchangeEnd.Unanswered(failure);
            }
            else
            {
                end = await ServeAsync(client, link, seat, request, length, tally, cancellationToken);
            }

            return await AnswerFailureAsync(client, end, request, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            end = end with { Failure = end.Failure ?? ProxyFailure.ClientGone };
            throw;
        }
        finally
        {
            var protocol = request is { IsConnect: true } ? ProxyProtocol.HttpConnect : ProxyProtocol.Http;
            accountant.Record(new ExchangeRecord(
                protocol, link.Caller, request?.Destination, end.Failure, tally.Up, tally.Down, time.GetElapsedTime(started)));
        }
    }

    private static async ValueTask<Outcome<int>> ReadHeadAsync(Wire client, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            var read = await HeadReader.ReadAsync(client, hasStartLine: true, deadline.Token);
            deadline.Dispose();
            return read;
        }
        catch (OperationCanceledException) when (deadline.Passed && !cancellationToken.IsCancellationRequested)
        {
            return ProxyFailure.HandshakeTimedOut;
        }
    }

    private async Task<ExchangeEnd> ServeAsync(
        Wire client, ServerLink link, Seat seat, RequestHead request, int length, Tally tally, CancellationToken cancellationToken)
    {
        var refusal = Authenticate(client, request, client.Buffered.Span[..length], out var user);
        link.ComesAs(user);
        if ((refusal ?? (seat.TryTake(user) ? null : ProxyFailure.ShareUsedUp)) is { } refused)
        {
            client.Consume(length);
            return Refused(refused, request);
        }

        if (!request.IsConnect)
        {
            return await new HttpExchange(client, link, time).RunAsync(request, length, tally, cancellationToken);
        }

        client.Consume(length);
        var opened = await egress.OpenAsync(request.Destination, link.Caller, cancellationToken);
        return opened.Is(out var server, out var failure)
            ? await TunnelAsync(client, server, tally, cancellationToken)
            : Refused(failure, request);
    }

    private ProxyFailure? Authenticate(Wire client, RequestHead request, ReadOnlySpan<byte> head, out string? user)
    {
        user = null;
        if (gate.IsOpen)
        {
            return null;
        }

        return request.Fields.Credentials is { } credentials
            ? BasicCredentials.Check(gate, client.Client, head[request.FieldsAt..][credentials], out user)
            : ProxyFailure.AuthenticationRequired;
    }

    private static async Task<ExchangeEnd> TunnelAsync(Wire client, Wire server, Tally tally, CancellationToken cancellationToken)
    {
        using (server)
        {
            if (!await client.SendAsync(Established, cancellationToken))
            {
                return new ExchangeEnd(ProxyFailure.ClientGone, false);
            }

            await WireRelay.RunAsync(client, server, tally, cancellationToken);
            return ExchangeEnd.Closed;
        }
    }

    // A client that is told to authenticate, or that a name does not exist, goes on over the same connection.
    private static ExchangeEnd Refused(ProxyFailure failure, RequestHead request) =>
        new(failure, request.KeepsAlive && request.Body.Kind == BodyKind.None) { IsUnanswered = true };

    private static async ValueTask<bool> AnswerFailureAsync(Wire client, ExchangeEnd end, RequestHead? request, CancellationToken cancellationToken)
    {
        if (!end.IsUnanswered || end.Failure is not { } failure || failure == ProxyFailure.ClientGone)
        {
            return end.ClientMayGoOn;
        }

        var answer = HttpReply.Write(failure, end.ClientMayGoOn, withBody: request is not { IsHead: true });
        return await client.SendAsync(answer, cancellationToken) && end.ClientMayGoOn;
    }
}
