namespace Culvert.Proxy;

/// <summary>A token that ends with the caller's, or after a time by the given clock; <see cref="Passed"/> tells which.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _first;
    private readonly CancellationToken _second;
    private readonly CancellationTokenRegistration _withFirst;
    private readonly CancellationTokenRegistration _withSecond;

    public Deadline(TimeSpan after, TimeProvider time, CancellationToken first, CancellationToken second = default)
    {
        _source = new CancellationTokenSource(after, time);
        (_first, _second) = (first, second);
        _withFirst = Follow(first);
        _withSecond = Follow(second);
    }

    public CancellationToken Token => _source.Token;

    public bool Passed => _source.IsCancellationRequested && !_first.IsCancellationRequested && !_second.IsCancellationRequested;

    public void Dispose()
    {
        _withFirst.Dispose();
        _withSecond.Dispose();
        _source.Dispose();
    }

    private CancellationTokenRegistration Follow(CancellationToken token) =>
        token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
}
