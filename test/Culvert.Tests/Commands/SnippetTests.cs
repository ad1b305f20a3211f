using System.Text.Json;
using Culvert.Commands.Env;
using Culvert.Stack;

namespace Culvert.Tests.Commands;

public sealed class SnippetTests
{
    public static TheoryData<string> Applications => [.. Snippet.Applications];

    [Theory]
    [MemberData(nameof(Applications))]
    public void Each_names_a_proxy_on_vpn_net_or_inside(string application)
    {
        Assert.Matches("(socks5h://vpn:1080|http://vpn:1090)", Snippet.For(application, ProxyAddresses.Of(inside: false, user: null)));
        Assert.Matches("(socks5h://127.0.0.1:1080|http://127.0.0.1:1090)", Snippet.For(application, ProxyAddresses.Of(inside: true, user: null)));
    }

    [Theory]
    [MemberData(nameof(Applications))]
    public void Fault_50_none_holds_a_password(string application)
    {
        var text = Snippet.For(application, ProxyAddresses.Of(inside: false, new ProxyUser("a@b", new SecretFile("proxy.users.a@b", "/home/a/secrets/b"))));

        Assert.Contains("a%40b:PASSWORD@vpn", text);
        Assert.Contains("Replace PASSWORD by the percent-encoded content of /home/a/secrets/b", text);
    }

    [Fact]
    public void Only_vscode_and_kilo_are_always_inside() =>
        Assert.Equal(["vscode", "kilo"], Snippet.Applications.Where(Snippet.IsAlwaysInside));

    [Fact]
    public void The_settings_of_vscode_are_json()
    {
        using var settings = JsonDocument.Parse(
            Snippet.For("vscode", ProxyAddresses.Of(inside: true, user: null)), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Assert.Equal("http://127.0.0.1:1090", settings.RootElement.GetProperty("http.proxy").GetString());
    }
}
