using System.Collections;

namespace Culvert.Tests.Stack;

/// <summary>A record as text, lists included, so that two can be compared: arrays in records compare by reference.</summary>
internal static class StackText
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        Uri or System.Net.IPAddress => value.ToString()!,
        IEnumerable many => $"[{string.Join(", ", many.Cast<object?>().Select(Of))}]",
        _ when value.GetType().Namespace!.StartsWith("Culvert", StringComparison.Ordinal) && !value.GetType().IsEnum =>
            $"{{{string.Join(", ", value.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0).Select(p => $"{p.Name}={Of(p.GetValue(value))}"))}}}",
        _ => value.ToString()!,
    };
}
