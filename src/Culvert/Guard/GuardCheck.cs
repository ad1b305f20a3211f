namespace Culvert.Guard;

/// <summary>Compares the ruleset that stands in a namespace with the one that must stand there. Pure: the listing comes from <see cref="Nft"/>.</summary>
internal static class GuardCheck
{
    /// <summary>Every difference as a sentence; none when the guard is intact.</summary>
    public static IReadOnlyList<string> Differences(NamespacePlan plan, string listing) =>
        Differences(Ruleset.Of(plan), listing);

    public static IReadOnlyList<string> Differences(RuleTable expected, string listing)
    {
        var tables = RulesetListing.Parse(listing);
        var found = tables.Where(t => t.Name == expected.Name).ToList();
        IEnumerable<string> own = found switch
        {
            [] => [$"the table {expected.Title} is not loaded"],
            [var only] => Differences(expected, only),
            _ => [$"{found.Count} tables are named {expected.Name}: {string.Join(", ", found.Select(t => t.Title))}"],
        };
        return [.. own, .. ForbiddenContent.In(tables), .. ForbiddenContent.StrangersAmong(tables, expected)];
    }

    private static IEnumerable<string> Differences(RuleTable expected, RuleTable found) =>
    [
        .. expected.Title == found.Title ? [] : new[] { $"the table is {found.Title}, not {expected.Title}" },
        .. found.Others.Select(line => $"table {found.Title} holds `{line}`, which the guard does not have"),
        .. Names("chains", expected.Chains.Select(c => c.Name), found.Chains.Select(c => c.Name)),
        .. expected.Chains.Join(found.Chains, c => c.Name, c => c.Name, Differences).SelectMany(d => d),
    ];

    private static IEnumerable<string> Names(string what, IEnumerable<string> expected, IEnumerable<string> found)
    {
        var (want, have) = (string.Join(' ', expected.Order()), string.Join(' ', found.Order()));
        return want == have ? [] : [$"the {what} are `{have}`, not `{want}`"];
    }

    private static IEnumerable<string> Differences(RuleChain expected, RuleChain found)
    {
        var want = expected.Lines.Select(RuleTokens.Canonical).ToList();
        var have = found.Lines.Select(RuleTokens.Canonical).ToList();
        if (want.SequenceEqual(have))
        {
            yield break;
        }

        if (want.Count != have.Count)
        {
            yield return $"chain {expected.Name} has {have.Count} lines, not {want.Count}";
        }

        // Rules decide in order: the first difference says what happened, those after it mostly repeat it.
        var first = want.Zip(have).TakeWhile(pair => pair.First == pair.Second).Count();
        yield return $"chain {expected.Name}, line {first + 1}: `{At(have, first)}` stands where `{At(want, first)}` belongs";
    }

    private static string At(List<string> lines, int index) => index < lines.Count ? lines[index] : "nothing";
}
