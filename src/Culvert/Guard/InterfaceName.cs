namespace Culvert.Guard;

/// <summary>Linux allows nearly any byte in an interface's name; in a ruleset a quote ends it and <c>*</c> is a wildcard.</summary>
internal static class InterfaceName
{
    public static bool IsPlain(string name) =>
        name.Length is > 0 and < 16 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
