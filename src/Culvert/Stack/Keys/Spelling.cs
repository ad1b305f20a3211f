namespace Culvert.Stack.Keys;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Spelling
{
    /// <summary>The known word with the fewest edits (insert, delete, replace, swap of neighbours), or null when none is near.</summary>
    public static string? Nearest(string written, IEnumerable<string> known)
    {
        var text = written.ToLowerInvariant().Replace('-', '_');
        return known
            .Select(word => (Word: word, Edits: Edits(text, word.Replace('-', '_'), Tolerance(word))))
            .Where(c => c.Edits <= Tolerance(c.Word))
            .OrderBy(c => c.Edits)
            .Select(c => c.Word)
            .FirstOrDefault();
    }

    private static int Tolerance(string word) => word.Length switch
    {
        <= 3 => 1,
        <= 7 => 2,
        _ => 3,
    };

    // Optimal string alignment. Words whose lengths differ too much are not compared: a stranger's key can be a megabyte.
    private static int Edits(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return int.MaxValue;
        }

        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                edits[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1,
                    edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[a.Length, b.Length];
    }
}
