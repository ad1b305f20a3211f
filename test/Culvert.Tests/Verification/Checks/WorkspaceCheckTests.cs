using Culvert.Verification;
using Culvert.Verification.Checks;
using Culvert.Verification.Credentials;

namespace Culvert.Tests.Verification.Checks;

public sealed class WorkspaceCheckTests
{
    private static readonly DevMount Workspace = new("/srv/stack/workspace", "/workspace");
    private static readonly Control Seen = new(true, "found");

    [Fact]
    public void A_workspace_without_credentials_holds() =>
        Assert.Equal(Verdict.Holds, Judge(new CredentialsFound([], 12, null)).Verdict);

    [Fact]
    public void Each_file_is_named_as_dev_sees_it_with_what_to_do()
    {
        var judgement = Judge(new CredentialsFound([new("a/auth.json", "a login of Kilo"), new("\u001b[2J.env", "environment variables with a key")], 12, null));
        Assert.Equal(Verdict.Broken, judgement.Verdict);
        Assert.Equal("'/workspace/a/auth.json' is a login of Kilo; move it into dev's home, and replace what it holds", judgement.Observed);
        Assert.DoesNotContain('\u001b', Assert.Single(judgement.Details));
    }

    [Fact]
    public void Of_many_files_the_first_are_named_and_the_others_counted() => Assert.Equal(
        "and 5 more", Judge(new CredentialsFound([.. Enumerable.Range(0, 25).Select(number => new CredentialFile($"{number}/.env", "x"))], 25, null)).Details[^1]);

    [Fact]
    public void A_search_that_did_not_finish_or_a_control_that_was_not_found_proves_nothing()
    {
        Assert.Equal(Verdict.Inconclusive, Judge(new CredentialsFound([], 300_001, "it has more than was looked at")).Verdict);
        Assert.Equal(Verdict.Inconclusive, WorkspaceCheck.Judge([(Workspace, new CredentialsFound([], 1, null))], new Control(false, "1 was found")).Verdict);
    }

    [Theory]
    [InlineData("/home/dev", "Broken")]
    [InlineData("/home/dev/.config", "Broken")]
    [InlineData("/home", "Broken")]
    [InlineData("/", "Broken")]
    [InlineData("/home/developer", "Holds")]
    public void A_home_that_the_host_holds_breaks_it(string destination, string verdict) => Assert.Equal(
        verdict, WorkspaceCheck.Judge([(new DevMount("/srv/home", destination), new CredentialsFound([], 0, null))], Seen).Verdict.ToString());

    private static Judgement Judge(CredentialsFound found) => WorkspaceCheck.Judge([(Workspace, found)], Seen);
}
