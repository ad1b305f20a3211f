using System.Runtime.CompilerServices;

namespace Culvert.Proxy.Engine;

/// <summary>
/// One direction of a socket: may it be tried (again)? Awaited by one at a time. It may be signalled without cause, so
/// whoever awaited it tries, and awaits again where there was nothing.
/// <code>
/// null ──signal→ Ready ──take→ null        null ──await→ continuation ──signal→ Ready, and the continuation runs
/// </code>
/// </summary>
internal sealed class Readiness(Reactor reactor) : ICriticalNotifyCompletion
{
    private static readonly Action Ready = () => { };

    private Action? _state;

    public bool IsCompleted => Volatile.Read(ref _state) == Ready;

    public Readiness GetAwaiter() => this;

    public void GetResult()
    {
        // Trying tells.
    }

    /// <summary>True once for each signal, or several that came together.</summary>
    public bool Take() => Interlocked.CompareExchange(ref _state, null, Ready) == Ready;

    public void Signal()
    {
        var waiting = Interlocked.Exchange(ref _state, Ready);
        if (waiting != Ready)
        {
            waiting?.Invoke();
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

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        if (Interlocked.CompareExchange(ref _state, continuation, null) != null)
        {
            // Signalled between the look and here.
            continuation();
        }
    }
}
