namespace Culvert.Proxy;

/// <summary>
/// A token that ends with the caller's, or after a time by the given clock; <see cref="Passed"/> tells which. Disposed as
/// soon as what it bounds is done: a tunnel may stay for days behind its handshake, and a timer is not small.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationToken _first;
    private readonly CancellationToken _second;
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _withFirst;
    private CancellationTokenRegistration _withSecond;

    public Deadline(TimeSpan after, TimeProvider time, CancellationToken first, CancellationToken second = default)
    {
        _source = new CancellationTokenSource(after, time);
        (_first, _second) = (first, second);
        _withFirst = Follow(_source, first);
        _withSecond = Follow(_source, second);
    }

    /// <summary>Before it is disposed.</summary>
    public CancellationToken Token => _source!.Token;

    public bool Passed => _source is { IsCancellationRequested: true } && !_first.IsCancellationRequested && !_second.IsCancellationRequested;

    public void Dispose()
    {
        _withFirst.Dispose();
        _withSecond.Dispose();
        (_withFirst, _withSecond) = (default, default);
        _source?.Dispose();
        _source = null;
    }

    private static CancellationTokenRegistration Follow(CancellationTokenSource source, CancellationToken token) =>
        token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
}
