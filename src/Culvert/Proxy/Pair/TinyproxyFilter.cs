namespace Culvert.Proxy.Pair;

/// <summary>
/// The hosts that Tinyproxy takes, as extended regular expressions, one a line: names of two labels or more whose last one
/// begins with a letter and is not <c>localhost</c>. So no spelling of an address passes, and no name that is looked up in a file.
/// </summary>
internal static class TinyproxyFilter
{
    public const string FileName = "tinyproxy.filter";

    private const string Local = "localhost";
    private const string Label = "[a-z0-9-]";

    public static string Of() => string.Join('\n', LastLabels().Select(last => $@"^([a-z0-9_-]+\.)+{last}\.?$")) + "\n";

    // POSIX expressions cannot say "not this word": shorter, longer, or of its length with another letter in one place.
    private static IEnumerable<string> LastLabels()
    {
        yield return $"[a-z]{Label}{{0,{Local.Length - 2}}}";
        yield return $"[a-z]{Label}{{{Local.Length},62}}";
        for (var place = 0; place < Local.Length; place++)
        {
            yield return $"{Local[..place]}{LabelWithout(Local[place], isFirst: place == 0)}{(place < Local.Length - 1 ? $"{Label}{{{Local.Length - 1 - place}}}" : "")}";
        }
    }

    private static string LabelWithout(char letter, bool isFirst) =>
        $"[{(letter > 'a' ? $"a-{(char)(letter - 1)}" : "")}{(char)(letter + 1)}-z{(isFirst ? "" : "0-9-")}]";
}
