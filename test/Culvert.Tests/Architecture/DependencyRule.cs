using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Culvert.Tests.Architecture;

/// <summary>Which folders of src/Culvert a file names, read off its syntax tree.</summary>
internal static class DependencyRule
{
    public static IReadOnlySet<string> AreasNamedIn(string source, IEnumerable<string> areas)
    {
        var known = areas.ToHashSet();
        var root = CSharpSyntaxTree.ParseText(source).GetRoot();
        return root.DescendantNodes()
            .Select(AreaOf)
            .Where(area => area is not null && known.Contains(area))
            .Select(area => area!)
            .ToHashSet();
    }

    /// <summary><c>Culvert.Area…</c> anywhere but in a namespace declaration, or <c>Area.Type</c> as seen from inside Culvert.</summary>
    private static string? AreaOf(SyntaxNode node) => node switch
    {
        QualifiedNameSyntax { Parent: BaseNamespaceDeclarationSyntax } => null,
        QualifiedNameSyntax { Left: IdentifierNameSyntax { Identifier.Text: "Culvert" } } full => full.Right.Identifier.Text,
        QualifiedNameSyntax { Left: IdentifierNameSyntax left } => left.Identifier.Text,
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Culvert" } } full => full.Name.Identifier.Text,
        MemberAccessExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax namespaceName } } nested
            => NestedArea(namespaceName.Identifier.Text, nested),
        _ => null,
    };

    // `Guard.Nft.Table` names the folder Guard; `stack.Guard` (a property of a value) does not.
    private static string? NestedArea(string first, MemberAccessExpressionSyntax nested) =>
        first == "Culvert" ? ((MemberAccessExpressionSyntax)nested.Expression).Name.Identifier.Text : first;
}
