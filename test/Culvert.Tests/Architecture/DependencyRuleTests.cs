using Microsoft.CodeAnalysis.CSharp;

namespace Culvert.Tests.Architecture;

public sealed class DependencyRuleTests
{
    /// <summary>What each folder of src/Culvert may name besides itself. A folder that is not here fails the test.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Linux"] = [],
        ["Stack"] = [],
        ["DnsMessages"] = [],
        ["Guard"] = ["Linux", "Stack"],
        ["Resolver"] = ["Linux", "Stack"],
        ["Proxy"] = ["Linux", "Stack"],
        ["Tunnel"] = ["DnsMessages", "Linux", "Stack"],
        ["Runtimes"] = ["Linux", "Stack"],
        ["Verification"] = ["DnsMessages", "Linux", "Stack"],
        ["Status"] = ["Linux", "Stack"],
        ["Commands"] = ["Linux", "Stack", "Guard", "Resolver", "Proxy", "Tunnel", "Runtimes", "Verification", "Status"],
    };

    [Fact]
    public void Every_folder_names_only_those_it_may_know()
    {
        var violations =
            from folder in Directory.GetDirectories(Repository.Source)
            let area = Path.GetFileName(folder)
            from file in Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            from known in DependencyRule.AreasNamedIn(File.ReadAllText(file), Allowed.Keys)
            where known != area && !Allowed[area].Contains(known)
            select $"{Path.GetRelativePath(Repository.Source, file)} names {known}";

        Assert.Empty(violations);
    }

    [Theory]
    [InlineData("using Culvert.Guard;")]
    [InlineData("using static Culvert.Guard.Nft;")]
    [InlineData("using Rules = Culvert.Guard.Ruleset;")]
    [InlineData("class C { object f = Culvert.Guard.Nft.Table; }")]
    [InlineData("namespace Culvert.Proxy; class C { Guard.Nft? f; }")]
    [InlineData("namespace Culvert.Proxy; class C { object f = Guard.Nft.Table; }")]
    public void The_rule_sees_a_forbidden_name_in_every_spelling(string source) =>
        Assert.Contains("Guard", DependencyRule.AreasNamedIn(source, Allowed.Keys));

    [Fact]
    public void The_rule_reads_every_folder_of_the_source()
    {
        var folders = Directory.GetDirectories(Repository.Source).Select(Path.GetFileName);
        Assert.Empty(folders.Except(Allowed.Keys));
        Assert.All(Directory.GetFiles(Repository.Source, "*.cs", SearchOption.AllDirectories),
            file => Assert.Empty(CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetDiagnostics()));
    }
}
