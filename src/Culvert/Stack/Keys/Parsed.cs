using System.Diagnostics.CodeAnalysis;

namespace Culvert.Stack.Keys;

/// <summary>A value, or why the text is none and what to write in its place.</summary>
internal readonly record struct Parsed<T>(bool Ok, [property: AllowNull] T Value, string Why, string Fix);

internal static class Parsed
{
    public static Parsed<T> Value<T>(T value) => new(true, value, "", "");

    public static Parsed<T> Refused<T>(string why, string fix) => new(false, default!, why, fix);
}
