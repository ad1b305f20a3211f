using System.Text.RegularExpressions;

namespace Culvert.Fuzz.Targets;

/// <summary>What holds of every finding in a profile: its line exists, and nothing of a key or for a terminal is in it.</summary>
internal static partial class ProfileFindingsOracle
{
    /// <summary>In a folder that does not exist, so that no file beside the profile is taken in.</summary>
    public const string Path = "/no-such-folder/exit";

    public static void Check(string text, bool accepted, IReadOnlyList<string> found)
    {
        if (accepted != (found.Count == 0))
        {
            throw new DisagreementException($"taken: {accepted}, with {found.Count} findings");
        }

        var lines = text.Count(letter => letter == '\n') + 1;
        foreach (var finding in found)
        {
            var match = Sentence().Match(finding);
            if (!match.Success)
            {
                throw new DisagreementException($"not a finding: '{finding}'");
            }

            if (match.Groups["line"] is { Success: true } line && (int.Parse(line.Value) < 1 || int.Parse(line.Value) > lines))
            {
                throw new DisagreementException($"of {lines} lines: '{finding}'");
            }
        }
    }

    [GeneratedRegex(@"\A/no-such-folder/exit(:(?<line>[0-9]{1,9}): (an unknown word|[a-z0-9-]{1,32}))?: [ -~…]{1,300}\z")]
    private static partial Regex Sentence();
}
