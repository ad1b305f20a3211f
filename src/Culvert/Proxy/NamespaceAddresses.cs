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
    private ImmutableArray<InterfaceAddress> _addresses;
    private long _readAt;

    /// <summary>Equal (by reference) to the last result until it is read again.</summary>
    public ImmutableArray<InterfaceAddress> Current()
    {
        lock (_lock)
        {
            if (_addresses.IsDefault || time.GetElapsedTime(_readAt) > Freshness)
            {
                _addresses = read();
                _readAt = time.GetTimestamp();
            }

            return _addresses;
        }
    }
}
