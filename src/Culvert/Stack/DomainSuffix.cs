namespace Culvert.Stack;

/// <summary>A domain in lower case without a trailing dot; it matches itself and every name below it.</summary>
internal readonly record struct DomainSuffix(string Value)
{
    public bool Matches(string host)
    {
        var name = host.AsSpan().TrimEnd('.');
        return name.EndsWith(Value, StringComparison.OrdinalIgnoreCase)
            && (name.Length == Value.Length || name[^(Value.Length + 1)] == '.');
    }

    public override string ToString() => Value;
}
