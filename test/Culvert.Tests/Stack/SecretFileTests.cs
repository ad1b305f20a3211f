using Culvert.Stack;

namespace Culvert.Tests.Stack;

/// <summary>On the host a secret is a regular file that only its owner can read, with the right thing in it.</summary>
public sealed class SecretFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void One_that_others_can_read_or_change_is_refused_with_the_command_that_mends_it(UnixFileMode more)
    {
        var path = folder.Write("secrets/alice", "canary", OwnerOnly | more);

        var finding = Finding("proxy: { users: { alice: secrets/alice } }");

        Assert.Contains("other users", finding.What);
        Assert.Equal($"run `chmod 600 {path}`", finding.Fix);
        Assert.Equal((1, 26), (finding.Line, finding.Column));
        Assert.DoesNotContain("canary", finding.ToString());
    }

    [Fact]
    public void A_path_with_spaces_is_quoted_for_the_shell()
    {
        folder.Write("it's here", "canary", OwnerOnly | UnixFileMode.OtherRead);
        Assert.EndsWith(@"/it'\''s here'`", Finding("proxy: { users: { alice: \"it's here\" } }").Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OwnerOnly)]
    [InlineData(UnixFileMode.UserRead)]
    [InlineData(OwnerOnly | UnixFileMode.GroupExecute)]
    public void One_that_only_its_owner_can_read_is_taken(UnixFileMode mode)
    {
        folder.Write("alice", "canary\n", mode);
        Assert.NotNull(Load("proxy: { users: { alice: alice } }").Stack);
    }

    [Fact]
    public void A_link_to_a_secret_is_followed()
    {
        folder.Write("elsewhere/alice", "canary");
        File.CreateSymbolicLink(folder.PathOf("alice"), folder.PathOf("elsewhere/alice"));
        Assert.NotNull(Load("proxy: { users: { alice: alice } }").Stack);
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_refused()
    {
        File.CreateSymbolicLink(folder.PathOf("alice"), folder.PathOf("alice"));
        Assert.Contains("proxy.users.alice", Finding("proxy: { users: { alice: alice } }").ToString());
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("  \n", "is empty")]
    [InlineData("canary\ncanary\n", "more than one line")]
    [InlineData("cana\0ry\n", "NUL")]
    public void A_password_is_one_line_of_text(string content, string what)
    {
        folder.Write("alice", content);
        var finding = Finding("proxy: { users: { alice: alice } }");
        Assert.Contains(what, finding.What);
        Assert.DoesNotContain("canary", finding.ToString());
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void The_password_of_a_proxy_user_has_up_to_255_bytes(int length, bool taken)
    {
        folder.Write("alice", new string('x', length) + "\n");
        Assert.Equal(taken, Load("proxy: { users: { alice: alice } }").Stack is not null);
    }

    [Fact]
    public void A_password_in_another_encoding_is_refused()
    {
        File.WriteAllBytes(folder.Write("alice", ""), [0x70, 0xe4, 0x73, 0x73]);
        Assert.Contains("not UTF-8", Finding("proxy: { users: { alice: alice } }").What);
    }

    [Theory]
    [InlineData("https://hooks.example.com/T0\n", true)]
    [InlineData("http://hooks.example.com/canary\n", false)]
    [InlineData("canary\n", false)]
    public void A_webhook_is_an_https_url(string content, bool taken)
    {
        folder.Write("webhook", content);
        var load = Load("alerts: { webhook: webhook }");
        Assert.Equal(taken, load.Stack is not null);
        Assert.DoesNotContain(load.Findings, f => f.ToString().Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_is_not_a_secret()
    {
        Directory.CreateDirectory(folder.PathOf("secrets"));
        Assert.Contains("not a regular file", Finding("proxy: { users: { alice: secrets } }").What);
    }

    [Fact]
    public void A_profile_may_have_many_lines_and_an_empty_one_is_refused()
    {
        folder.Write("a.ovpn", "remote 203.0.113.1\nproto tcp\n");
        Assert.NotNull(Load("vpn: { driver: openvpn, locations: [a.ovpn] }").Stack);
        folder.Write("b.ovpn", "\n");
        Assert.Contains("is empty", Finding("vpn: { driver: openvpn, locations: [a.ovpn, b.ovpn] }").What);
    }

    private StackLoad Load(string text) => StackLoader.Load(folder.Write("culvert.yaml", text));

    private Finding Finding(string text)
    {
        var load = Load(text);
        Assert.Null(load.Stack);
        return Assert.Single(load.Findings);
    }
}
