using System.Text.RegularExpressions;

namespace Culvert.Fuzz.Targets;

/// <summary>A directive as OpenVPN reads it; <see cref="Block"/> is what stood between its tags, if it had some.</summary>
internal sealed record OpenVpnSeen(string[] Words, string[]? Block)
{
    public string Name => Words[0];
}

/// <summary>
/// A configuration as OpenVPN 2.6 reads it (options.c: read_config_file, parse_line, read_inline_file), in regular expressions:
/// 255 bytes are a line, the rest of a longer one is the next, and 16 words are read of each.
/// </summary>
internal static partial class OpenVpnOracle
{
    private const int LongestLine = 255;
    private const int MostWords = 16;

    public static IReadOnlyList<OpenVpnSeen> Read(string configuration)
    {
        var seen = new List<OpenVpnSeen>();
        List<string> lines = [.. configuration.Split('\n').SelectMany(Pieces)];
        for (var at = 0; at < lines.Count; at++)
        {
            var words = Split(lines[at]);
            if (words is [['<', .., '>'] tag])
            {
                var end = lines.FindIndex(at + 1, line => line.TrimStart().StartsWith($"</{tag[1..]}", StringComparison.Ordinal));
                if (end < 0)
                {
                    throw new DisagreementException($"{tag} has no end");
                }

                seen.Add(new OpenVpnSeen([tag[1..^1]], [.. lines.Skip(at + 1).Take(end - at - 1)]));
                at = end;
            }
            else if (words.Length > 0)
            {
                seen.Add(new OpenVpnSeen([words[0].StartsWith("--", StringComparison.Ordinal) ? words[0][2..] : words[0], .. words[1..]], null));
            }
        }

        return seen;
    }

    private static IEnumerable<string> Pieces(string line) =>
        line.Length <= LongestLine ? [line] : line.Chunk(LongestLine).Select(piece => new string(piece));

    private static string[] Split(string line)
    {
        var match = Line().Match(line);
        return !match.Success ? throw new DisagreementException($"OpenVPN does not read this line: {line}")
            : [.. match.Groups["word"].Captures.Take(MostWords).Select(word => word.Value[0] switch
        {
            '\'' => word.Value[1..^1],
            '"' => Escaped().Replace(word.Value[1..^1], "$1"),
            _ => Escaped().Replace(word.Value, "$1"),
        })];
    }

    [GeneratedRegex("""\A(\s*(?<word>"(\\.|[^"\\])*"|'[^']*'|(\\.|[^\s"'\\;#])(\\.|[^\s\\])*))*\s*([;#].*)?\z""")]
    private static partial Regex Line();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();
}
