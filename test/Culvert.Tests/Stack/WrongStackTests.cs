using Culvert.Stack;

namespace Culvert.Tests.Stack;

/// <summary>Each file in wrong/ and, beside it, every finding that it must give, word for word.</summary>
public sealed class WrongStackTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Stack", "wrong");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_wrong_file_gives_every_finding_with_its_place(string name)
    {
        var load = StackLoader.Load(Path.Combine(Folder, name + ".yaml"));

        Assert.Null(load.Stack);
        Assert.Equal(
            File.ReadAllLines(Path.Combine(Folder, name + ".txt")),
            load.Findings.Select(f => f.ToString().Replace(Folder + "/", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void There_are_at_least_twenty_wrong_files() => Assert.True(Files.Count >= 20);

    [Theory]
    [InlineData("webhook-inline", "canary")]
    [InlineData("password-inline", "hunter2")]
    [InlineData("proxy-user-inline", "correct-horse")]
    [InlineData("address-services", "canary")]
    public void Fault_50_a_secret_written_inline_is_not_repeated(string name, string canary)
    {
        var path = Path.Combine(Folder, name + ".yaml");

        Assert.Contains(canary, File.ReadAllText(path));
        Assert.DoesNotContain(StackLoader.Load(path).Findings, f => f.ToString().Contains(canary, StringComparison.Ordinal));
    }
}
