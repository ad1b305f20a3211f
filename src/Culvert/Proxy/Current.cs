namespace Culvert.Proxy;

/// <summary>A value that is replaced as a whole while it is used: what has begun goes on with the one it read.</summary>
internal sealed class Current<T>(T value)
    where T : class
{
    private volatile T _value = value;

    public T Value
    {
        get => _value;
        set => _value = value;
    }
}
