using Culvert.Tests.Stack;
using Culvert.Verification.Credentials;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Verification.Credentials;

public sealed class CredentialSearchTests : IDisposable
{
    private const string Key = "sk-proj-4f9a8b7c6d5e4f3a2b1c";
    private const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Credentials => new()
    {
        { "backup/.local/share/kilo/auth.json", $$$"""{"openai":{"type":"api","key":"{{{Key}}}"}}""" },
        { "kilo.db", "SQLite format 3" },
        { "copy/kilo.db-wal", "anything" },
        { "kilo.json", "{\"provider\":{\"x\":{\"options\":{\"apiKey\":\"" + Key + "\"}}}}" },
        { ".config/code-server/config.yaml", "bind-addr: 127.0.0.1:8080\nauth: password\npassword: 8f2d\ncert: false\n" },
        { "config.yaml", "auth: password\nhashed-password: $argon2i$v=19\n" },
        { ".netrc", "machine api.example login me password hunter2\n" },
        { ".env", $"# keys\nexport OPENAI_API_KEY=\"{Key}\"\n" },
        { "service/.env.local", $"GITHUB_TOKEN={Key}\n" },
        { ".config/gh/hosts.yml", "github.com:\n    oauth_token: gho_1\n" },
        { ".git-credentials", "https://me:secret@git.example\n" },
        { "project/.git/config", "[remote \"origin\"]\n\turl = https://me:secret@git.example/p.git\n" },
        { ".npmrc", "//registry.example/:_authToken=npm_1\n" },
        { ".pypirc", "[pypi]\npassword = pypi-1\n" },
        { ".aws/credentials", "[default]\naws_secret_access_key = 1\n" },
        { "application_default_credentials.json", """{"refresh_token": "1"}""" },
        { ".docker/config.json", """{"auths":{"r.example":{"auth":"bWU6c2VjcmV0"}}}""" },
        { "id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\n" },
        { ".ssh/work", "-----BEGIN RSA PRIVATE KEY-----\n" },
        { "made-here.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n" },
    };

    public static TheoryData<string, string> Others => new()
    {
        { "auth.json", """{"strategy":"local"}""" },
        { "kilo.json", """{"provider":{"x":{"options":{"apiKey":"{env:OPENAI_API_KEY}"}}}}""" },
        { "config.yaml", "title: a page\npassword_hint: none\n" },
        { ".env", "PORT=8080\nTOKEN_LIMIT=1234567890123456789012\nOPENAI_API_KEY=\n" },
        { ".env.example", "OPENAI_API_KEY=your-openai-api-key-here\n" },
        { ".git/config", "[remote \"origin\"]\n\turl = https://git.example/p.git\n" },
        { ".npmrc", "//registry.example/:_authToken=${NPM_TOKEN}\n" },
        { ".docker/config.json", """{"credsStore":"pass"}""" },
        { ".ssh/known_hosts", "git.example ssh-ed25519 AAAA\n" },
        { "id_ed25519.pub", "ssh-ed25519 AAAA\n" },
        { "node_modules/some/.env", $"API_KEY={Key}\n" },
        { "hosts.yml", "servers: []\n" },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Credentials))]
    public void Finds_the_file_of_a_known_program_by_its_path_alone(string path, string content)
    {
        folder.Write(path, content);
        var file = Assert.Single(Search().Files);
        Assert.Equal(path, file.Path);
        Assert.DoesNotContain(Key, $"{file}", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Passes_a_file_that_only_bears_the_name(string path, string content)
    {
        folder.Write(path, content);
        Assert.Empty(Search().Files);
    }

    [Fact]
    public void Passes_a_key_that_everybody_may_read_as_one_that_a_repository_has_for_its_tests()
    {
        folder.Write("fixtures/server.key", "-----BEGIN PRIVATE KEY-----\n", Public);
        Assert.Empty(Search().Files);
    }

    [Fact]
    public void Follows_no_link_and_opens_no_pipe()
    {
        using var elsewhere = new TemporaryFolder();
        elsewhere.Write("id_rsa", "-----BEGIN RSA PRIVATE KEY-----\n");
        File.CreateSymbolicLink(folder.PathOf("id_rsa"), elsewhere.PathOf("id_rsa"));
        Directory.CreateSymbolicLink(folder.PathOf("loop"), folder.Path);
        Directory.CreateSymbolicLink(folder.PathOf("out"), elsewhere.Path);
        using (var made = System.Diagnostics.Process.Start("mkfifo", folder.PathOf(".netrc")))
        {
            made.WaitForExit();
        }

        var found = Search();
        Assert.Empty(found.Files);
        Assert.Null(found.Unfinished);
    }

    [Fact]
    public void Says_when_there_was_more_than_it_looked_at_and_looks_at_the_top_first()
    {
        folder.Write(".env", $"API_KEY={Key}\n");
        for (var file = 0; file < 20; file++)
        {
            folder.Write($"deep/er/{file}", "");
        }

        var found = Search(mostEntries: 10);
        Assert.Single(found.Files);
        Assert.Contains("more than was looked at: 11 entries", found.Unfinished, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_when_time_ran_out()
    {
        folder.Write("a", "");
        var slow = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(9) };
        Assert.NotNull(new CredentialSearch(1000, TimeSpan.FromSeconds(5), slow).In(folder.Path, None).Unfinished);
    }

    [Fact]
    public void Reads_of_a_file_its_beginning_only()
    {
        folder.Write(".env", $"{new string('#', 70_000)}\nAPI_KEY={Key}\n");
        Assert.Empty(Search().Files);
    }

    private CredentialsFound Search(int mostEntries = 1000) => new CredentialSearch(mostEntries, TimeSpan.FromSeconds(5), TimeProvider.System).In(folder.Path, None);
}
