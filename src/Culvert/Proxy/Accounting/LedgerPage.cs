namespace Culvert.Proxy.Accounting;

/// <summary>The counters of one application, by provider and outcome. Lock-free: every cell is one interlocked addition.</summary>
internal sealed class LedgerPage(int providers)
{
    private const int Relayed = 0;
    private const int CountersOfCell = 3;
    private static readonly int Outcomes = Enum.GetValues<ProxyFailure>().Length + 1;

    // A row a provider, made when it is called first, since most applications call one or two:
    // [outcome, relayed first][exchanges, up, down]
    private readonly long[]?[] _rows = new long[providers][];

    public void Record(int provider, in ExchangeRecord exchange)
    {
        var row = Volatile.Read(ref _rows[provider]) ?? NewRow(provider);
        var cell = (exchange.Failure is { } failure ? (int)failure + 1 : Relayed) * CountersOfCell;
        Interlocked.Increment(ref row[cell]);
        Interlocked.Add(ref row[cell + 1], exchange.BytesUp);
        Interlocked.Add(ref row[cell + 2], exchange.BytesDown);
    }

    /// <summary>Cells with an exchange: the provider's index, the failure or null, exchanges, bytes up and down.</summary>
    public IEnumerable<(int Provider, ProxyFailure? Failure, long Exchanges, long Up, long Down)> Cells()
    {
        for (var provider = 0; provider < providers; provider++)
        {
            if (Volatile.Read(ref _rows[provider]) is not { } row)
            {
                continue;
            }

            for (var outcome = 0; outcome < Outcomes; outcome++)
            {
                var cell = outcome * CountersOfCell;
                if (Interlocked.Read(ref row[cell]) is > 0 and var exchanges)
                {
                    ProxyFailure? failure = outcome == Relayed ? null : (ProxyFailure)(outcome - 1);
                    yield return (provider, failure, exchanges, Interlocked.Read(ref row[cell + 1]), Interlocked.Read(ref row[cell + 2]));
                }
            }
        }
    }

    private long[] NewRow(int provider)
    {
        var row = new long[Outcomes * CountersOfCell];
        return Interlocked.CompareExchange(ref _rows[provider], row, null) ?? row;
    }
}
