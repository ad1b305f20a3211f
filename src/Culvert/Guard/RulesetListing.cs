namespace Culvert.Guard;

/// <summary>
/// Reads what <c>nft list ruleset</c> prints. What it does not understand it keeps, as a rule or among
/// <see cref="RuleTable.Others"/>, so that a comparison finds it; it never leaves a line out.
/// </summary>
internal static class RulesetListing
{
    public static IReadOnlyList<RuleTable> Parse(string listing)
    {
        List<RuleTable> tables = [];
        var lines = new Queue<string>(listing.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'));
        while (lines.TryDequeue(out var line))
        {
            tables.Add(line.Split(' ') is ["table", var family, var name, "{"]
                ? Table(family, name, lines)
                : new RuleTable("?", line, [], [$"outside every table: {line}"]));
        }

        return tables;
    }

    private static RuleTable Table(string family, string name, Queue<string> lines)
    {
        List<RuleChain> chains = [];
        List<string> others = [];
        while (lines.TryDequeue(out var line) && line != "}")
        {
            if (line.Split(' ') is ["chain", var chain, "{"])
            {
                chains.Add(Chain(chain, lines));
            }
            else
            {
                others.Add(line);
                // A set, a map or another object: all its lines belong to it.
                while (line.EndsWith('{') && lines.TryDequeue(out var inner) && inner != "}")
                {
                    others.Add(inner);
                }
            }
        }

        return new RuleTable(family, name, [.. chains], [.. others]);
    }

    private static RuleChain Chain(string name, Queue<string> lines)
    {
        List<string> content = [];
        while (lines.TryDequeue(out var line) && line != "}")
        {
            content.Add(line);
        }

        var hooked = content.Count > 0 && content[0].StartsWith("type ", StringComparison.Ordinal);
        return new RuleChain(name, hooked ? content[0] : null, [.. hooked ? content.Skip(1) : content]);
    }
}
