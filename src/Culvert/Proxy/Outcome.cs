using System.Diagnostics.CodeAnalysis;

namespace Culvert.Proxy;

/// <summary>What a stage yields: a value, or the failure that ends the connection.</summary>
internal readonly struct Outcome<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly ProxyFailure? _failure;

    private Outcome(T? value, ProxyFailure? failure)
    {
        _value = value;
        _failure = failure;
    }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ProxyFailure failure) => new(default, failure);

    /// <summary>True with the value; false with the failure.</summary>
    public bool Is([NotNullWhen(true)] out T? value, out ProxyFailure failure)
    {
        value = _value;
        failure = _failure.GetValueOrDefault();
        return _failure is null;
    }
}
