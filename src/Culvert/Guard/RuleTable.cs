using System.Collections.Immutable;
using System.Text;

namespace Culvert.Guard;

/// <summary>
/// A table of nftables as text: meant, or read back. <see cref="Others"/> are lines that are neither chain nor rule
/// (sets, maps, flags); the guard has none, and a listing that has one differs from it.
/// </summary>
internal sealed record RuleTable(string Family, string Name, ImmutableArray<RuleChain> Chains, ImmutableArray<string> Others)
{
    public string Title => $"{Family} {Name}";

    /// <summary>The table in nft's own layout.</summary>
    public string ToText()
    {
        var text = new StringBuilder($"table {Title} {{\n");
        foreach (var chain in Chains)
        {
            text.Append($"\tchain {chain.Name} {{\n");
            foreach (var line in chain.Lines)
            {
                text.Append($"\t\t{line}\n");
            }

            text.Append("\t}\n");
        }

        return text.Append("}\n").ToString();
    }
}

/// <summary>A chain: <see cref="Hook"/> is its type, hook, priority and policy, null for one that is only jumped to.</summary>
internal sealed record RuleChain(string Name, string? Hook, ImmutableArray<string> Rules)
{
    public IEnumerable<string> Lines => Hook is null ? Rules : Rules.Prepend(Hook);
}
