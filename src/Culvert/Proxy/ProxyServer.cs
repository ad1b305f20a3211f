using System.Net;
using System.Net.Sockets;
using Culvert.Proxy.Accounting;
using Culvert.Proxy.Engine;
using Culvert.Proxy.Http;

namespace Culvert.Proxy;

/// <summary>Two listeners and the connections that came in by them. It ends by draining, within a bound, and leaves none behind.</summary>
internal sealed class ProxyServer : IDisposable
{
    private readonly StreamListener[] _socks;
    private readonly StreamListener[] _http;
    private readonly ClientSession _session;
    private readonly Accountant _accountant;
    private readonly Notices _notices;
    private readonly ProxyLimits _limits;
    private readonly TimeProvider _time;
    private readonly Admission _admission;
    private readonly ApplicationAddresses _applications;
    private readonly CancellationTokenSource _aborting = new();

    /// <summary>Binds both ports; throws <see cref="SocketException"/> when one is taken.</summary>
    public ProxyServer(
        IPEndPoint socks,
        IPEndPoint http,
        ClientSession session,
        Admission admission,
        ApplicationAddresses applications,
        Accountant accountant,
        Notices notices,
        ProxyLimits limits,
        TimeProvider time)
    {
        (_session, _admission, _applications, _accountant, _notices, _limits, _time) = (session, admission, applications, accountant, notices, limits, time);
        _socks = StreamListener.ListenOnAllLoops(socks);
        try
        {
            _http = StreamListener.ListenOnAllLoops(http);
        }
        catch (SocketException)
        {
            Close(_socks);
            throw;
        }

        SocksEndPoint = _socks[0].EndPoint;
        HttpEndPoint = _http[0].EndPoint;
    }

    public IPEndPoint SocksEndPoint { get; }

    public IPEndPoint HttpEndPoint { get; }

    /// <summary>Serves until the token ends, then lets open connections finish within <see cref="ProxyLimits.Drain"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] accepting =
        [
            .. _socks.Select(listener => AcceptAsync(listener, ProxyProtocol.Socks5, ending.Token)),
            .. _http.Select(listener => AcceptAsync(listener, ProxyProtocol.Http, ending.Token)),
        ];

        MemoryReturn.AfterStart();

        // One ends early only by a fault, and half a proxy is none.
        await Task.WhenAny(accepting);
        await ending.CancelAsync();
        var all = Task.WhenAll(accepting);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Close(_socks);
        Close(_http);
        await DrainAsync();
        await all;
    }

    public void Dispose()
    {
        Close(_socks);
        Close(_http);
        _aborting.Dispose();
    }

    private static void Close(StreamListener[] listeners) => Array.ForEach(listeners, listener => listener.Dispose());

    private Task AcceptAsync(StreamListener listener, ProxyProtocol speaks, CancellationToken stopping)
    {
        var acceptor = new Acceptor(
            async cancellationToken => _ = AdmitAsync(await listener.AcceptAsync(cancellationToken), speaks, stopping), _notices, _time);
        return acceptor.RunAsync(stopping);
    }

    /// <summary>Never faults; <see cref="_admission"/> knows when the last one has ended.</summary>
    private async Task AdmitAsync(Accepted accepted, ProxyProtocol speaks, CancellationToken stopping)
    {
        using var client = new Wire(accepted.Socket, _applications.Of(accepted.Peer));
        var result = _admission.TryEnter(client.Client);
        if (result != AdmissionResult.Entered)
        {
            await RefuseAsync(client, result, speaks);
            return;
        }

        _accountant.Ledger.Opened();
        try
        {
            await await _session.BeginAsync(client, speaks, stopping, _aborting.Token);
        }
        catch (OperationCanceledException) when (_aborting.IsCancellationRequested)
        {
            client.Abort();
        }
#pragma warning disable CA1031 // The boundary of one connection: a bug in it must not end the others.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            client.Abort();
            _notices.Fault(fault);
        }
        finally
        {
            _accountant.Ledger.Closed();
            _admission.Leave(client.Client);
        }
    }

    // At the limit nothing is read and nothing is waited for: one small write fits the socket's buffer.
    private async Task RefuseAsync(Wire client, AdmissionResult result, ProxyProtocol speaks)
    {
        var failure = result == AdmissionResult.Full ? ProxyFailure.TooBusy : ProxyFailure.ShareUsedUp;
        _accountant.Record(new ExchangeRecord(speaks, new Caller(client.Client, null), null, failure, 0, 0, TimeSpan.Zero));
        if (result == AdmissionResult.Full)
        {
            _notices.Full(_limits.Connections);
        }
        else
        {
            _notices.ClientFull(client.Client);
        }

        if (speaks == ProxyProtocol.Http)
        {
            await client.SendAsync(HttpReply.Write(failure, keepAlive: false, withBody: true), CancellationToken.None);
            client.ShutdownSend();
        }
    }

    private async Task DrainAsync()
    {
        if (_admission.Open > 0)
        {
            _notices.Draining(_admission.Open, _limits.Drain);
        }

        using var bound = new Deadline(_limits.Drain, _time, CancellationToken.None);
        try
        {
            await _admission.WhenEmptyAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            await _aborting.CancelAsync();
            await _admission.WhenEmptyAsync(CancellationToken.None);
        }
    }
}
