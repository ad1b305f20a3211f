namespace Culvert.Proxy.Accounting;

/// <summary>Where every exchange ends: counted, and written down.</summary>
internal sealed class Accountant(Ledger ledger, AccessLog log)
{
    public Ledger Ledger => ledger;

    public void Record(in ExchangeRecord exchange)
    {
        var provider = ledger.ProviderOf(exchange.Destination);
        ledger.Record(provider, exchange);
        log.Write(exchange, provider is not null);
    }
}
