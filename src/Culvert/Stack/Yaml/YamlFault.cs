using YamlDotNet.Core;

namespace Culvert.Stack.Yaml;

/// <summary>Turns the parser's complaint into a finding. The parser's own words are used only where no better ones are known.</summary>
internal static class YamlFault
{
    private static readonly string[] FixedBeginnings = ["While parsing ", "While scanning ", "Did not find expected <", "Reached the end of the stream"];

    public static void Report(YamlException fault, string text, Findings findings)
    {
        var at = new Position((int)Math.Max(1, fault.Start.Line), (int)Math.Max(1, fault.Start.Column));
        if (TabNear(fault, text) is { } tab)
        {
            findings.Add(tab, "a tab is used for indentation", "YAML allows only spaces there", "replace it with two spaces a level");
            return;
        }

        findings.Add(at, "this is not YAML", Reason(fault), "check the indentation, quotes and brackets on this line and the one before");
    }

    // Only the parser's fixed sentences are passed on: any other could repeat what it read, and that may be a secret.
    private static string Reason(YamlException fault)
    {
        var words = fault.Message.Trim().TrimEnd('.');
        return FixedBeginnings.Any(b => words.StartsWith(b, StringComparison.Ordinal))
            ? $"the parser says: {char.ToLowerInvariant(words[0])}{words[1..]}"
            : "the parser gave up on it";
    }

    // The parser often notices a tab only later, or blames the beginning of the map that it is in.
    private static Position? TabNear(YamlException fault, string text)
    {
        var last = fault.Message.Contains(" tab ", StringComparison.Ordinal) ? long.MaxValue : fault.End.Line;
        var lines = text.AsSpan().EnumerateLines();
        for (var number = 1; lines.MoveNext() && number <= last; number++)
        {
            var tab = lines.Current[..^lines.Current.TrimStart().Length].IndexOf('\t');
            if (tab >= 0 && number >= fault.Start.Line - 1)
            {
                return new Position(number, tab + 1);
            }
        }

        return null;
    }
}
