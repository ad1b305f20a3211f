namespace Culvert.Tunnel.Drivers;

/// <summary>What is wrong with one profile, named by line. It repeats nothing that might be a secret or drive a terminal.</summary>
internal sealed class ProfileFindings(string path)
{
    private const int MostListed = 20;
    private const int LongestWord = 32;

    private readonly List<string> sentences = [];
    private int unlisted;

    public bool None => sentences.Count == 0;

    public IReadOnlyList<string> Sentences => unlisted == 0 ? sentences : [.. sentences, $"{path}: and {unlisted} more"];

    /// <summary><paramref name="subject"/> may be any text of the profile; it is shown only where it looks like a word of its language.</summary>
    public void Refuse(int line, string subject, string why) => Add($"{path}:{line}: {Spoken(subject)}: {why}");

    public void RefuseWhole(string why) => Add($"{path}: {why}");

    private void Add(string sentence)
    {
        if (sentences.Count < MostListed)
        {
            sentences.Add(sentence);
        }
        else
        {
            unlisted++;
        }
    }

    // A stray line of a key has digits or is long; words with digits are few.
    private static string Spoken(string word) =>
        word is "pkcs12" or "tls-crypt-v2" or "tls-crypt-v2-verify"
        || (word.Length is > 0 and <= LongestWord && word.All(c => char.IsAsciiLetterLower(c) || c == '-'))
            ? word
            : "an unknown word";
}
