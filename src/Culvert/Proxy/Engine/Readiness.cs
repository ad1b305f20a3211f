using System.Threading.Tasks.Sources;

namespace Culvert.Proxy.Engine;

/// <summary>
/// One direction of a socket: may it be tried (again)? Awaited by one at a time. It may be signalled without cause, so
/// whoever awaited it tries, and awaits again where there was nothing. As a value task source it costs no allocation.
/// <code>
/// null ──signal→ Ready ──take→ null        null ──await→ the waiter ──signal→ Ready, and the waiter goes on
/// </code>
/// </summary>
internal sealed class Readiness(Reactor reactor) : IValueTaskSource
{
    private static readonly object Ready = new();

    // Null, Ready, or the state of the one continuation that waits.
    private object? _state;
    private Action<object?>? _continuation;

    /// <summary>Ends when there is reason to try.</summary>
    public ValueTask WaitAsync() => new(this, 0);

    /// <summary>True once for each signal, or several that came together.</summary>
    public bool Take() => Interlocked.CompareExchange(ref _state, null, Ready) == Ready;

    public void Signal()
    {
        var waiting = Interlocked.Exchange(ref _state, Ready);
        if (waiting is not null && waiting != Ready)
        {
            _continuation!(waiting);
        }
    }

    /// <summary>As <see cref="Signal"/>, but the waiter goes on in its loop's own time and not inside this call.</summary>
    public void SignalLater()
    {
        if (Volatile.Read(ref _state) is { } waiting && waiting != Ready)
        {
            reactor.Post(Signal);
        }
        else
        {
            Signal();
        }
    }

    /// <summary>Signals when the token ends; the waiter then finds the token ended.</summary>
    public CancellationTokenRegistration SignalWhen(CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? cancellationToken.UnsafeRegister(static readiness => ((Readiness)readiness!).SignalLater(), this)
        : default;

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) =>
        Volatile.Read(ref _state) == Ready ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource.GetResult(short token)
    {
        // Trying tells.
    }

    // The flags ask for a context or the caller's culture; on a loop there is neither.
    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _continuation = continuation;
        if (Interlocked.CompareExchange(ref _state, state, null) is not null)
        {
            // Signalled between the look and here.
            continuation(state);
        }
    }
}
