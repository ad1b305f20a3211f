using System.Runtime.CompilerServices;

namespace Culvert.Proxy.Engine;

/// <summary>Moves the awaiting code to a loop, or behind what is ready on it.</summary>
internal readonly struct LoopSwitch(Reactor reactor, bool always = false) : ICriticalNotifyCompletion
{
    public bool IsCompleted => !always && Reactor.OfThisThread == reactor;

    public LoopSwitch GetAwaiter() => this;

    public void GetResult()
    {
        // There is no result; being on the loop is it.
    }

    public void OnCompleted(Action continuation) => reactor.Post(continuation);

    public void UnsafeOnCompleted(Action continuation) => reactor.Post(continuation);
}
