using System.Globalization;
using System.Text;

namespace Culvert.Stack;

/// <summary>Text from a stranger's file, made fit for a message: short, in quotes, and unable to drive a terminal.</summary>
internal static class Quoted
{
    private const int Longest = 60;

    public static string Of(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var rune in WithoutCredentials(text).EnumerateRunes())
        {
            if (quoted.Length > Longest)
            {
                return quoted.Append("…'").ToString();
            }

            quoted.Append(IsVisible(rune) ? rune.ToString() : $"\\u{rune.Value:x4}");
        }

        return quoted.Append('\'').ToString();
    }

    // A URL's user and password are never shown, not even where the URL itself is what is wrong.
    private static string WithoutCredentials(string text)
    {
        var start = text.IndexOf("//", StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        return start >= 0 && at > start ? $"{text[..(start + 2)]}***{text[at..]}" : text;
    }

    // Format characters reverse or hide text (U+202E), control characters move the cursor.
    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
