using System.Collections.Frozen;
using System.Text;

namespace Culvert.Proxy.Accounting;

/// <summary>Failures as words for logs and metrics: <c>tunnel-down</c>, <c>policy-denied</c>.</summary>
internal static class FailureNames
{
    private static readonly FrozenDictionary<ProxyFailure, string> Names =
        Enum.GetValues<ProxyFailure>().ToFrozenDictionary(failure => failure, failure => Hyphenated(failure.ToString()));

    public static string Of(ProxyFailure failure) => Names[failure];

    public static string Hyphenated(string name)
    {
        var words = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length > 0)
            {
                words.Append('-');
            }

            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }
}
