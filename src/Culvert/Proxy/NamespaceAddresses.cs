using System.Collections.Immutable;
using Culvert.Linux;

namespace Culvert.Proxy;

/// <summary>
/// The addresses of this namespace, read again after a second: a reconnect changes the tunnel's, and a connection is
/// too frequent an occasion for a netlink dump.
/// </summary>
internal sealed class NamespaceAddresses(Func<ImmutableArray<InterfaceAddress>> read, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private volatile Reading? _last;

    /// <summary>Equal (by reference) to the last result until it is read again.</summary>
    public ImmutableArray<InterfaceAddress> Current()
    {
        if (_last is { } last && IsFresh(last))
        {
            return last.Addresses;
        }

        lock (_lock)
        {
            if (_last is not { } known || !IsFresh(known))
            {
                _last = known = new Reading(read(), time.GetTimestamp());
            }

            return known.Addresses;
        }
    }

    private bool IsFresh(Reading reading) => time.GetElapsedTime(reading.At) <= Freshness;

    private sealed record Reading(ImmutableArray<InterfaceAddress> Addresses, long At);
}
