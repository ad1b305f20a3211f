using System.Collections.Immutable;
using System.Net;

namespace Culvert.Proxy.Resolve;

/// <summary>Names → addresses through the namespace's own resolver, with a cache; equal questions at one time are asked once.</summary>
internal sealed class NameResolver(DnsExchange exchange, Func<bool> hasIPv6, TimeProvider time)
{
    private const int CachedAnswers = 4096;

    // RFC 8767 section 5: how long a client waits for a resolver that may be away, and how long a stale answer then stands.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMilliseconds(1800);
    private static readonly TimeSpan StaleLife = TimeSpan.FromSeconds(30);

    // RFC 8305 section 3: how long the IPv4 answer waits for the IPv6 one.
    private static readonly TimeSpan ResolutionDelay = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly AnswerCache _cache = new(CachedAnswers, time);
    private readonly Dictionary<DnsQuestion, Task<DnsAnswer>> _underway = [];

    /// <summary>At least one address, or why there is none. The caller's token ends the wait, not the question.</summary>
    public async ValueTask<Outcome<ImmutableArray<IPAddress>>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        var four = AskAsync(new DnsQuestion(name, DnsType.A));
        if (!hasIPv6())
        {
            return ToOutcome(await four.WaitAsync(cancellationToken), []);
        }

        var six = AskAsync(new DnsQuestion(name, DnsType.Aaaa));
        var answer = await four.WaitAsync(cancellationToken);
        if (answer.Status == DnsStatus.Found && !six.IsCompleted)
        {
            await Task.WhenAny(six, Task.Delay(ResolutionDelay, time, cancellationToken));
            return ToOutcome(answer, six.IsCompletedSuccessfully ? (await six).Addresses : []);
        }

        return ToOutcome(answer, (await six.WaitAsync(cancellationToken)).Addresses);
    }

    private static Outcome<ImmutableArray<IPAddress>> ToOutcome(DnsAnswer four, ImmutableArray<IPAddress> six)
    {
        if (!four.Addresses.IsEmpty || !six.IsEmpty)
        {
            return six.AddRange(four.Addresses);
        }

        return four.Status == DnsStatus.Failed ? ProxyFailure.ResolverUnavailable : ProxyFailure.NameNotFound;
    }

    private Task<DnsAnswer> AskAsync(DnsQuestion question)
    {
        lock (_lock)
        {
            if (_cache.TryGet(question, out var remembered))
            {
                return Task.FromResult(remembered);
            }

            if (!_underway.TryGetValue(question, out var asking))
            {
                asking = AskAndRememberAsync(question);
                if (!asking.IsCompleted)
                {
                    _underway[question] = asking;
                }
            }

            return asking;
        }
    }

    // It belongs to every waiter and so to none: it ends by the exchange's own deadline.
    private async Task<DnsAnswer> AskAndRememberAsync(DnsQuestion question)
    {
        await Task.Yield();
        try
        {
            return await AskOrServeStaleAsync(question);
        }
        finally
        {
            lock (_lock)
            {
                _underway.Remove(question);
            }
        }
    }

    private async Task<DnsAnswer> AskOrServeStaleAsync(DnsQuestion question)
    {
        DnsAnswer? stale;
        lock (_lock)
        {
            _cache.TryGetStale(question, out stale);
        }

        if (stale is null)
        {
            return await AskAndStoreAsync(question);
        }

        var patience = Task.Delay(StaleAfter, time);
        var asking = AskAndStoreAsync(question);
        await Task.WhenAny(asking, patience);
        return asking.IsCompleted && await asking is { Status: not DnsStatus.Failed } fresh ? fresh : ServeStale(question, stale);
    }

    private async Task<DnsAnswer> AskAndStoreAsync(DnsQuestion question)
    {
        var answer = await exchange.AskAsync(question, CancellationToken.None);
        lock (_lock)
        {
            _cache.Store(question, answer);
        }

        return answer;
    }

    // It stands for half a minute, so that a resolver that is away is not asked by every connection.
    private DnsAnswer ServeStale(DnsQuestion question, DnsAnswer stale)
    {
        lock (_lock)
        {
            _cache.Prolong(question, StaleLife);
        }

        return stale;
    }
}
