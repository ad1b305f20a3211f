using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Proxy.Accounting;

/// <summary>Counts of one provider (or of everything outside the catalogue) and one outcome.</summary>
internal sealed record LedgerLine(string? Provider, ProxyFailure? Failure, long Exchanges, long BytesUp, long BytesDown);

/// <summary>The ledger at one moment; lines without exchanges are left out.</summary>
internal sealed record LedgerSnapshot(int OpenConnections, ImmutableArray<LedgerLine> Lines);

/// <summary>Counters by provider and outcome. Lock-free: every cell is one interlocked addition.</summary>
internal sealed class Ledger(ImmutableArray<LlmProvider> providers)
{
    private const int Relayed = 0;
    private const int CountersOfCell = 3;
    private static readonly int Outcomes = Enum.GetValues<ProxyFailure>().Length + 1;

    // [provider, none last][outcome, relayed first][exchanges, up, down]
    private readonly long[] _counters = new long[(providers.Length + 1) * Outcomes * CountersOfCell];
    private int _open;

    public void Opened() => Interlocked.Increment(ref _open);

    public void Closed() => Interlocked.Decrement(ref _open);

    /// <summary>The index of the provider that this name belongs to, or null.</summary>
    public int? ProviderOf(Destination? destination)
    {
        if (destination?.Name is not { } name)
        {
            return null;
        }

        for (var index = 0; index < providers.Length; index++)
        {
            foreach (var suffix in providers[index].Hosts)
            {
                if (suffix.Matches(name))
                {
                    return index;
                }
            }
        }

        return null;
    }

    public void Record(int? provider, in ExchangeRecord exchange)
    {
        var outcome = exchange.Failure is { } failure ? (int)failure + 1 : Relayed;
        var cell = Cell(provider ?? providers.Length, outcome);
        Interlocked.Increment(ref _counters[cell]);
        Interlocked.Add(ref _counters[cell + 1], exchange.BytesUp);
        Interlocked.Add(ref _counters[cell + 2], exchange.BytesDown);
    }

    public LedgerSnapshot Snapshot()
    {
        var lines = ImmutableArray.CreateBuilder<LedgerLine>();
        for (var provider = 0; provider <= providers.Length; provider++)
        {
            for (var outcome = 0; outcome < Outcomes; outcome++)
            {
                var cell = Cell(provider, outcome);
                var exchanges = Interlocked.Read(ref _counters[cell]);
                if (exchanges > 0)
                {
                    lines.Add(new LedgerLine(
                        provider < providers.Length ? providers[provider].Id : null,
                        outcome == Relayed ? null : (ProxyFailure)(outcome - 1),
                        exchanges,
                        Interlocked.Read(ref _counters[cell + 1]),
                        Interlocked.Read(ref _counters[cell + 2])));
                }
            }
        }

        return new LedgerSnapshot(Volatile.Read(ref _open), lines.ToImmutable());
    }

    private static int Cell(int provider, int outcome) => ((provider * Outcomes) + outcome) * CountersOfCell;
}
