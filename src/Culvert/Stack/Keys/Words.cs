namespace Culvert.Stack.Keys;

/// <summary>Lists of words in a sentence.</summary>
internal static class Words
{
    public static string List(IReadOnlyList<string> words) => Join(words, "and");

    public static string Either(IReadOnlyList<string> words) => Join(words, "or");

    private static string Join(IReadOnlyList<string> words, string last) => words.Count switch
    {
        0 => "nothing",
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} {last} {words[^1]}",
    };
}
