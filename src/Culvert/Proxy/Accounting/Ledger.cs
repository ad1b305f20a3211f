using System.Collections.Concurrent;
using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Proxy.Accounting;

/// <summary>Counts of one application, one provider (or of everything outside the catalogue) and one outcome.</summary>
internal sealed record LedgerLine(string Application, string? Provider, ProxyFailure? Failure, long Exchanges, long BytesUp, long BytesDown);

/// <summary>The ledger at one moment; lines without exchanges are left out.</summary>
internal sealed record LedgerSnapshot(int OpenConnections, ImmutableArray<LedgerLine> Lines);

/// <summary>
/// Counters by application, provider and outcome. Nothing on the path takes a lock, but an application's very first
/// exchange. Applications beyond <see cref="MaximumApplications"/> share one page: clients must not fill the memory.
/// </summary>
internal sealed class Ledger(ImmutableArray<LlmProvider> providers)
{
    public const int MaximumApplications = 256;

    /// <summary>The name of the page that all further applications share.</summary>
    public const string Others = "others";

    private readonly ConcurrentDictionary<Caller, LedgerPage> _pages = [];
    private readonly LedgerPage _others = new(providers.Length + 1);
    private int _applications;
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

    public void Record(int? provider, in ExchangeRecord exchange) =>
        PageOf(exchange.Caller.Application).Record(provider ?? providers.Length, exchange);

    public LedgerSnapshot Snapshot() => new(
        Volatile.Read(ref _open),
        [
            .. _pages.OrderBy(page => $"{page.Key}", StringComparer.Ordinal).SelectMany(page => Lines($"{page.Key}", page.Value)),
            .. Lines(Others, _others),
        ]);

    private IEnumerable<LedgerLine> Lines(string application, LedgerPage page) => page.Cells().Select(cell => new LedgerLine(
        application, cell.Provider < providers.Length ? providers[cell.Provider].Id : null, cell.Failure, cell.Exchanges, cell.Up, cell.Down));

    private LedgerPage PageOf(Caller application)
    {
        if (_pages.TryGetValue(application, out var known))
        {
            return known;
        }

        if (Interlocked.Increment(ref _applications) > MaximumApplications)
        {
            Interlocked.Decrement(ref _applications);
            return _others;
        }

        var page = new LedgerPage(providers.Length + 1);
        if (_pages.TryAdd(application, page))
        {
            return page;
        }

        Interlocked.Decrement(ref _applications);
        return _pages[application];
    }
}
