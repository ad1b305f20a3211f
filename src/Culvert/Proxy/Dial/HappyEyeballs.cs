using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Proxy.Dial;

/// <summary>RFC 8305: addresses are tried in turn, families alternating, a new one each 250 ms until one connects.</summary>
internal sealed class HappyEyeballs(TunnelDialer dialer, TimeProvider time)
{
    private const int MaximumAttempts = 8;
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    public ValueTask<Outcome<Wire>> ConnectAsync(ImmutableArray<IPAddress> addresses, int port, CancellationToken cancellationToken) =>
        addresses.Length == 1
            ? dialer.ConnectAsync(addresses[0], port, cancellationToken)
            : RaceAsync(Interleave(addresses), port, cancellationToken);

    /// <summary>IPv6 first, then the families in alternation (section 4).</summary>
    public static ImmutableArray<IPAddress> Interleave(ImmutableArray<IPAddress> addresses)
    {
        var second = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork));
        var order = ImmutableArray.CreateBuilder<IPAddress>(addresses.Length);
        foreach (var address in addresses.Where(address => address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            order.Add(address);
            if (second.TryDequeue(out var other))
            {
                order.Add(other);
            }
        }

        order.AddRange(second);
        return [.. order.Take(MaximumAttempts)];
    }

    private async ValueTask<Outcome<Wire>> RaceAsync(ImmutableArray<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<Task<Outcome<Wire>>>();
        ProxyFailure? firstFailure = null;
        try
        {
            for (var next = 0; next < addresses.Length || attempts.Count > 0;)
            {
                if (next < addresses.Length)
                {
                    attempts.Add(dialer.ConnectAsync(addresses[next++], port, race.Token).AsTask());
                }

                var finished = await NextAsync(attempts, next < addresses.Length, race.Token);
                if (finished is null)
                {
                    continue;
                }

                attempts.Remove(finished);
                var outcome = await finished;
                if (outcome.Is(out _, out var failure))
                {
                    return outcome;
                }

                firstFailure ??= failure;
            }

            return firstFailure ?? ProxyFailure.HostUnreachable;
        }
        finally
        {
            await race.CancelAsync();
            await DiscardAsync(attempts);
        }
    }

    /// <summary>The attempt that ended, or null when it is time to start another beside them.</summary>
    private async Task<Task<Outcome<Wire>>?> NextAsync(List<Task<Outcome<Wire>>> attempts, bool hasMore, CancellationToken cancellationToken)
    {
        if (!hasMore)
        {
            return await Task.WhenAny(attempts);
        }

        using var delay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pause = Task.Delay(AttemptDelay, time, delay.Token);
        var first = await Task.WhenAny([.. attempts, pause]);
        await delay.CancelAsync();
        return first == pause ? null : (Task<Outcome<Wire>>)first;
    }

    private static async Task DiscardAsync(List<Task<Outcome<Wire>>> losers)
    {
        foreach (var loser in losers)
        {
            try
            {
                if ((await loser).Is(out var wire, out _))
                {
                    wire.Dispose();
                }
            }
            catch (OperationCanceledException)
            {
                // The race is over.
            }
        }
    }
}
