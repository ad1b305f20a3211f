using System.Net;
using System.Text.RegularExpressions;
using CsCheck;
using Culvert.Proxy.Pair;

namespace Culvert.Tests.Proxy.Pair;

public sealed class TinyproxyFilterTests
{
    // What is written is the same to POSIX and to .NET: classes, counts, groups and anchors.
    private static readonly Regex[] Filter = [.. TinyproxyFilter.Of().TrimEnd().Split('\n').Select(line => new Regex(line, RegexOptions.IgnoreCase))];

    [Theory]
    [InlineData("api.openai.com")]
    [InlineData("openrouter.ai")]
    [InlineData("API.OpenAI.com")]
    [InlineData("openrouter.ai.")]
    [InlineData("x_1.example")]
    [InlineData("a.localhosts")]
    [InlineData("a.localhose")]
    [InlineData("a.xocalhost")]
    [InlineData("a.xn--p1ai")]
    public void A_public_name_is_taken(string host) => Assert.True(Takes(host));

    [Theory]
    [InlineData("localhost")]
    [InlineData("any.localhost")]
    [InlineData("any.LOCALHOST.")]
    [InlineData("vpn")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.0x1")]
    [InlineData("[::1]")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("a b.com")]
    [InlineData("")]
    public void No_address_in_any_spelling_and_no_local_name_is_taken(string host) => Assert.False(Takes(host));

    [Fact]
    public void Nothing_that_is_an_address_is_taken() => Gen.Char["0123456789abcdefx.:"].Array[1, 20].Select(letters => new string(letters))
        .Sample(text => !IPAddress.TryParse(text, out _) || !Takes(text));

    [Fact]
    public void Each_line_fits_what_Tinyproxy_reads() => Assert.All(TinyproxyFilter.Of().Split('\n'), line => Assert.InRange(line.Length, 0, 500));

    private static bool Takes(string host) => Filter.Any(line => line.IsMatch(host));
}
