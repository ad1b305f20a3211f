using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Culvert.Proxy.Dial;
using Culvert.Proxy.Engine;
using Culvert.Proxy.Policy;
using Culvert.Proxy.Resolve;

namespace Culvert.Proxy;

/// <summary>Destination → policy → resolve → policy again → dial. The addresses that were checked are the ones that are dialled.</summary>
internal sealed class Egress(
    Current<DestinationPolicy> policies,
    NameResolver resolver,
    TunnelWatch tunnel,
    HappyEyeballs dialer,
    ProxyLimits limits,
    TimeProvider time)
{
    public async ValueTask<Outcome<Wire>> OpenAsync(Destination destination, Caller caller, CancellationToken cancellationToken)
    {
        var policy = policies.Value;
        if (policy.Check(destination, caller) is { } denied)
        {
            return denied;
        }

        // Before resolving: with the tunnel down the resolver could only time out.
        using var watched = tunnel.Enter();
        if (watched is null)
        {
            return ProxyFailure.TunnelDown;
        }

        var loop = Reactor.Nearest;
        using var deadline = new Deadline(limits.Dial, time, cancellationToken, watched.Fallen);
        try
        {
            var addresses = await AddressesAsync(policy, destination, deadline.Token);

            // Both ends of a tunnel live on one loop, whichever thread the answer came on.
            await loop.SwitchAsync();
            return addresses.Is(out var dialled, out var failure)
                ? await dialer.ConnectAsync(dialled, destination.Port, deadline.Token)
                : failure;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return watched.Fallen.IsCancellationRequested ? ProxyFailure.TunnelDown : ProxyFailure.TimedOut;
        }
    }

    /// <summary>The address to which a datagram goes: checked and resolved as for a connection.</summary>
    public async ValueTask<Outcome<IPAddress>> FindAsync(Destination destination, Caller caller, CancellationToken cancellationToken)
    {
        var policy = policies.Value;
        if (policy.Check(destination, caller) is { } denied)
        {
            return denied;
        }

        using var watched = tunnel.Enter();
        if (watched is null)
        {
            return ProxyFailure.TunnelDown;
        }

        using var deadline = new Deadline(limits.Dial, time, cancellationToken, watched.Fallen);
        try
        {
            var addresses = await AddressesAsync(policy, destination, deadline.Token);
            return addresses.Is(out var known, out var failure) ? Preferred(known) : failure;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return watched.Fallen.IsCancellationRequested ? ProxyFailure.TunnelDown : ProxyFailure.TimedOut;
        }
    }

    private async ValueTask<Outcome<ImmutableArray<IPAddress>>> AddressesAsync(
        DestinationPolicy policy, Destination destination, CancellationToken cancellationToken)
    {
        if (destination.Address is { } address)
        {
            return ImmutableArray.Create(address);
        }

        var resolved = await resolver.ResolveAsync(destination.Name!, cancellationToken);
        return resolved.Is(out var addresses, out _) && policy.Check(addresses) is { } denied ? denied : resolved;
    }

    // Nothing tells over UDP that a family does not work, and few tunnels carry IPv6.
    private static IPAddress Preferred(ImmutableArray<IPAddress> addresses) =>
        addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
}
