namespace Culvert.Proxy.Accounting;

/// <summary>Where every exchange ends: counted, and written down.</summary>
internal sealed class Accountant(Ledger ledger, AccessLog log)
{
    public Ledger Ledger => ledger;

    /// <summary>Whoever left before it asked for anything (a health check, a connection kept in reserve) made no call.</summary>
    public void Record(in ExchangeRecord exchange)
    {
        if (exchange is { Failure: ProxyFailure.ClientGone, Destination: null })
        {
            return;
        }

        var provider = ledger.ProviderOf(exchange.Destination);
        ledger.Record(provider, exchange);
        log.Write(exchange, provider is not null);
    }
}
