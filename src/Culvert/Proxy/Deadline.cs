namespace Culvert.Proxy;

/// <summary>A token that ends with the caller's, or after a time by the given clock; <see cref="Passed"/> tells which.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;

    public Deadline(TimeSpan after, TimeProvider time, CancellationToken first, CancellationToken second = default)
    {
        _timer = new CancellationTokenSource(after, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, first, second);
    }

    public CancellationToken Token => _linked.Token;

    public bool Passed => _timer.IsCancellationRequested;

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
