namespace Culvert.Stack;

/// <summary>A problem in culvert.yaml: where (1-based), what is wrong, why it matters, what to do.</summary>
internal sealed record Finding(string File, int Line, int Column, string What, string Why, string Fix)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {What}, {Why}, {Fix}";
}

/// <summary>Either a definition or every finding; never both.</summary>
internal sealed record StackLoad(StackDefinition? Stack, IReadOnlyList<Finding> Findings);
