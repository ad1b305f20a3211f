using CsCheck;
using Culvert.Tunnel.Drivers;
using static Culvert.Tests.Tunnel.Drivers.OpenVpnProfileText;

namespace Culvert.Tests.Tunnel.Drivers;

public sealed class OpenVpnLineTests
{
    private static readonly Gen<string> Printable = Gen.Char[' ', '~'].Array[0, 20].Select(chars => new string(chars));

    [Theory]
    [InlineData("remote 203.0.113.11 1194", "remote", "203.0.113.11", "1194")]
    [InlineData("  verb\t3  ", "verb", "3")]
    [InlineData("setenv NAME \"two words\"", "setenv", "NAME", "two words")]
    [InlineData("cert 'my cert.pem'", "cert", "my cert.pem")]
    [InlineData("cert my\\ cert.pem", "cert", "my cert.pem")]
    [InlineData("a \"say \\\"x\\\"\" b", "a", "say \"x\"", "b")]
    [InlineData("a '\\' b", "a", "\\", "b")]
    [InlineData("a \"\" b", "a", "", "b")]
    [InlineData("verb 3 # loud", "verb", "3")]
    [InlineData("verb 3#4", "verb", "3#4")]
    public void Words_are_split_as_openvpn_does(string line, params string[] words) => Assert.Equal(words, OpenVpnLine.Split(line));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("# comment 'not closed")]
    [InlineData(";comment")]
    public void Blank_lines_and_comments_have_no_words(string line) => Assert.Empty(OpenVpnLine.Split(line)!);

    [Theory]
    [InlineData("a \"b")]
    [InlineData("a 'b")]
    [InlineData("a b\\")]
    public void What_is_not_closed_is_no_line(string line) => Assert.Null(OpenVpnLine.Split(line));

    [Fact]
    public void What_is_rendered_is_read_back_as_the_same_words() => Printable.Array[0, 5].Sample(words =>
        OpenVpnLine.Render("name", words) is not { } line || OpenVpnLine.Split(line)!.SequenceEqual(["name", .. words]));

    [Theory]
    [InlineData("line\nbreak")]
    [InlineData("ünicode")]
    [InlineData("nul\0")]
    public void What_openvpn_would_read_otherwise_is_not_rendered(string word) => Assert.Null(OpenVpnLine.Render("name", [word]));

    [Fact]
    public void A_line_longer_than_openvpn_reads_is_not_rendered() => Assert.Null(OpenVpnLine.Render("name", [new string('a', 240)]));

    [Fact]
    public void Any_text_is_a_profile_or_has_problems_that_a_terminal_can_show() =>
        Gen.OneOf(Gen.String, Lines()).Sample(text => Problems(text).All(p => !p.Any(char.IsControl)), iter: 2000);

    [Fact]
    public void Nothing_dangerous_comes_out_of_any_mixture() => Lines().Sample(text =>
    {
        if (new OpenVpnProfileReader("exit.ovpn", whole: true).Read(text + Usual, out _) is { } profile)
        {
            foreach (var line in profile.SelfContained.Split('\n').Where(l => l.Length > 0))
            {
                var word = line.Split(' ')[0];
                Assert.True(line.Length < 255 && !line.Any(char.IsControl), line);
                Assert.Null(OpenVpnDirectives.WhyRefused(word));
            }
        }
    }, iter: 5000);

    private static Gen<string> Lines()
    {
        string[] pieces =
        [
            "up", "/bin/sh", "remote", "203.0.113.12", "1194", "udp", "\"", "'", "\\", " ", "\t", "\n", "\n", "\r", "<ca>", "</ca>", "<connection>", "</connection>", "<key>",
            "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "AAAA", "#", ";", "--", "setenv opt", "cipher AES-256-GCM", "cipher", "none", "plugin", "management", "proto", "\u0085", "\u2028", "\v", "ignore-unknown-option",
        ];
        return Gen.OneOf(pieces).Array[0, 40].Select(string.Concat);
    }
}
