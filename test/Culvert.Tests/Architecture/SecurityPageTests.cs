using System.Text.RegularExpressions;

namespace Culvert.Tests.Architecture;

public sealed partial class SecurityPageTests
{
    [Fact]
    public void Each_test_that_the_security_page_names_exists()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));
        var tests = string.Concat(Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "test"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("SecurityPageTests.cs", StringComparison.Ordinal))
            .Select(File.ReadAllText));
        var named = Named().Matches(page).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Matches($@"(void|Task) {Regex.Escape(name)}\w*\(", tests));
    }

    // `Fault_14_…` stands for every test whose name begins so.
    [GeneratedRegex(@"`((?:Fault|A)_\w+?)(?:…)?`")]
    private static partial Regex Named();
}
