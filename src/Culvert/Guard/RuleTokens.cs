namespace Culvert.Guard;

/// <summary>
/// One line of a ruleset as words in one spelling, whatever version of nft printed it. Only spellings of the same thing
/// are made equal; an unknown word stays as it is, and so differs.
/// </summary>
internal static class RuleTokens
{
    private static readonly Dictionary<string, int> NamedPriorities = new()
    {
        ["raw"] = -300,
        ["mangle"] = -150,
        ["dstnat"] = -100,
        ["filter"] = 0,
        ["security"] = 50,
        ["srcnat"] = 100,
    };

    public static string Canonical(string line)
    {
        List<string> words = [];
        var tokens = Split(line);
        for (var i = 0; i < tokens.Count; i++)
        {
            switch (tokens[i])
            {
                // `counter packets 3 bytes 180`, as a listing with state prints it.
                case "counter" when At(i + 1) == "packets" && At(i + 3) == "bytes":
                    words.Add("counter");
                    i += 4;
                    break;
                // nft before 1.0.? writes `icmpx type`.
                case "icmpx" when At(i + 1) == "type":
                    words.Add("icmpx");
                    i++;
                    break;
                case "code" when At(i - 1) == "icmp" && At(i + 1) == "4":
                    words.AddRange(["code", "frag-needed"]);
                    i++;
                    break;
                // Without /etc/protocols nft knows no names.
                case "6" when At(i - 1) == "l4proto":
                    words.Add("tcp");
                    break;
                case "17" when At(i - 1) == "l4proto":
                    words.Add("udp");
                    break;
                case "priority":
                    words.AddRange(["priority", Priority(tokens, ref i)]);
                    break;
                default:
                    words.Add(tokens[i]);
                    break;
            }
        }

        // nft adds this match to `reject with tcp reset` by itself, and some versions hide it again.
        if (words is ["meta", "l4proto", "tcp", .., "reject", "with", "tcp", "reset"])
        {
            words.RemoveRange(0, 3);
        }

        return string.Join(' ', words);

        string? At(int index) => index >= 0 && index < tokens.Count ? tokens[index] : null;
    }

    /// <summary>Words between blanks; a quoted string is one word with its quotes; <c>;</c> stands alone.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        List<string> tokens = [];
        var start = -1;
        for (var i = 0; i <= line.Length; i++)
        {
            var end = i == line.Length;
            if (!end && line[i] == '"')
            {
                start = start < 0 ? i : start;
                var close = line.IndexOf('"', i + 1);
                i = close < 0 ? line.Length - 1 : close;
            }
            else if (end || char.IsWhiteSpace(line[i]) || line[i] == ';')
            {
                if (start >= 0)
                {
                    tokens.Add(line[start..i]);
                    start = -1;
                }

                if (!end && line[i] == ';')
                {
                    tokens.Add(";");
                }
            }
            else if (start < 0)
            {
                start = i;
            }
        }

        return tokens;
    }

    // `priority filter`, `priority 0`, `priority dstnat - 10`, `priority -110`.
    private static string Priority(IReadOnlyList<string> tokens, ref int i)
    {
        var word = i + 1 < tokens.Count ? tokens[++i] : "";
        if (!NamedPriorities.TryGetValue(word, out var number))
        {
            return word;
        }

        if (i + 2 < tokens.Count && tokens[i + 1] is "+" or "-" && int.TryParse(tokens[i + 2], out var offset))
        {
            number += tokens[i + 1] == "+" ? offset : -offset;
            i += 2;
        }

        return number.ToString();
    }
}
