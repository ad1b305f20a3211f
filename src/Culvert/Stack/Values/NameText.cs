using System.Text.RegularExpressions;
using Culvert.Stack.Keys;

namespace Culvert.Stack.Values;

/// <summary>Names that become parts of other names: of namespaces, folders and files.</summary>
internal static partial class NameText
{
    /// <summary>31 characters: with its suffixes it is still a name that every tool shows whole.</summary>
    public static readonly Shape<string> Stack = new TextShape<string>("a name", "`culvert`", "^[a-z][a-z0-9-]{0,30}$", text =>
        StackPattern().IsMatch(text)
            ? Parsed.Value(text)
            : Parsed.Refused<string>("namespaces and folders are named after it", "write 1 to 31 characters of a-z, 0-9 and -, beginning with a letter"));

    public static readonly Shape<string?> Provider = new TextShape<string?>("a provider's id", "`my-provider`", "^[a-z][a-z0-9-]{0,30}$", text =>
        StackPattern().IsMatch(text)
            ? Parsed.Value<string?>(text)
            : Parsed.Refused<string?>("metrics and commands call the provider by it", "write 1 to 31 characters of a-z, 0-9 and -, beginning with a letter"));

    public static readonly Shape<string?> Line = new TextShape<string?>("a text", "`some words`", null, Parsed.Value<string?>);

    /// <summary>A user's name is also the name of a file, and a colon would end it in HTTP's Basic scheme (RFC 7617).</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\z", RegexOptions.NonBacktracking)]
    public static partial Regex UserPattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,30}\z", RegexOptions.NonBacktracking)]
    private static partial Regex StackPattern();
}
