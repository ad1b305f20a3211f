using Culvert.Proxy.Accounting;
using Culvert.Proxy.Relay;
using Culvert.Proxy.Socks.Udp;
using Culvert.Proxy.Users;

namespace Culvert.Proxy.Socks;

/// <summary>One SOCKS5 connection: handshake → egress → reply → relay → accounting.</summary>
internal sealed class SocksSession(SocksHandshake handshake, UserShares shares, Egress egress, UdpSession udp, Accountant accountant, TimeProvider time)
{
    /// <summary><paramref name="deadline"/> holds for the handshake and is disposed with it, the cancellation token for the whole life.</summary>
    public async Task RunAsync(Wire client, Deadline deadline, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var tally = new Tally();
        SocksRequest? request = null;
        ProxyFailure? failure = ProxyFailure.ClientGone;
        using var seat = new Seat(shares);
        try
        {
            var asked = await handshake.RunAsync(client, deadline.Token);
            deadline.Dispose();
            if (asked.Is(out request, out var refused) && request.Command == SocksRequest.Associate)
            {
                failure = await AssociateAsync(client, request, seat, cancellationToken);
                return;
            }

            var opened = request is null ? refused : await OpenAsync(client, request, seat, cancellationToken);
            if (opened.Is(out var server, out refused))
            {
                using var end = server;
                await WireRelay.RunAsync(client, server, tally, cancellationToken);
                failure = null;
            }
            else
            {
                failure = refused;
                await RefuseAsync(client, refused, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (deadline.Passed && !cancellationToken.IsCancellationRequested)
        {
            failure = ProxyFailure.HandshakeTimedOut;
        }
        finally
        {
            deadline.Dispose();
            var protocol = request is { Command: SocksRequest.Associate } ? ProxyProtocol.SocksUdp : ProxyProtocol.Socks5;

            // What an association carried it accounts for by itself, each destination on its own.
            if (protocol == ProxyProtocol.Socks5 || failure is not null)
            {
                accountant.Record(new ExchangeRecord(
                    protocol, CallerOf(client, request), request?.Destination, failure, tally.Up, tally.Down, time.GetElapsedTime(started)));
            }
        }
    }

    private static Caller CallerOf(Wire client, SocksRequest? request) => new(client.Client, request?.User);

    private async ValueTask<ProxyFailure?> AssociateAsync(Wire client, SocksRequest request, Seat seat, CancellationToken cancellationToken)
    {
        var failure = seat.TryTake(request.User)
            ? await udp.RunAsync(client, CallerOf(client, request), request.Destination?.Port ?? 0, cancellationToken)
            : ProxyFailure.ShareUsedUp;
        if (failure is { } refused)
        {
            await RefuseAsync(client, refused, cancellationToken);
        }

        return failure;
    }

    /// <summary>The server's end, when the client has been told of it.</summary>
    private async ValueTask<Outcome<Wire>> OpenAsync(Wire client, SocksRequest request, Seat seat, CancellationToken cancellationToken)
    {
        if (Refusal(request, seat) is { } refused)
        {
            return refused;
        }

        var opened = await egress.OpenAsync(request.Destination!, CallerOf(client, request), cancellationToken);
        if (!opened.Is(out var server, out _))
        {
            return opened;
        }

        var isTold = false;
        try
        {
            isTold = await client.SendAsync(SocksReply.Success(server.LocalEndPoint), cancellationToken);
            return isTold ? opened : ProxyFailure.ClientGone;
        }
        finally
        {
            if (!isTold)
            {
                server.Dispose();
            }
        }
    }

    private static ProxyFailure? Refusal(SocksRequest request, Seat seat) =>
        request.Command != SocksRequest.Connect ? ProxyFailure.CommandNotSupported
        : request.Destination is null ? ProxyFailure.BadRequest
        : seat.TryTake(request.User) ? null : ProxyFailure.ShareUsedUp;

    // A refused password or method has had its answer inside the handshake; RFC 1929 asks to close then.
    private async Task RefuseAsync(Wire client, ProxyFailure failure, CancellationToken cancellationToken)
    {
        var answered = failure is ProxyFailure.AuthenticationRequired or ProxyFailure.AuthenticationFailed
            or ProxyFailure.TooManyAttempts or ProxyFailure.ClientGone;
        if (answered || await client.SendAsync(SocksReply.Of(failure), cancellationToken))
        {
            await client.LingerAsync(time, cancellationToken);
        }
    }
}
