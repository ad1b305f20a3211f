using CsCheck;
using Culvert.Stack;

namespace Culvert.Tests.Stack;

public sealed class QuotedTests
{
    [Theory]
    [InlineData("work", "'work'")]
    [InlineData("\e[2J", "'\\u001b[2J'")]
    [InlineData("a\u202Eb", "'a\\u202eb'")]
    [InlineData("bücher", "'bücher'")]
    [InlineData("https://alice:canary@example.com/", "'https://***@example.com/'")]
    [InlineData("tls://a@b@c", "'tls://***@c'")]
    [InlineData("mail@example.com", "'mail@example.com'")]
    public void Shows_text_that_cannot_drive_a_terminal(string text, string quoted) => Assert.Equal(quoted, Quoted.Of(text));

    [Fact]
    public void Any_text_becomes_one_short_visible_line() =>
        Gen.String.Sample(text => Quoted.Of(text) is { Length: < 80 } quoted && !quoted.Any(char.IsControl));
}
