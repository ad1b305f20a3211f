using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Runtimes.Namespaces;

/// <summary>A clock that moves when it is told to, and gives out each wait that is asked of it: only then can it be moved past it.</summary>
internal sealed class StandingClock : FakeTimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<TimeSpan> waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>How long the next wait, in order, lasts; throws when none is asked within ten real seconds.</summary>
    public Task<TimeSpan> NextWaitAsync(CancellationToken cancellationToken) => waits.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
}
