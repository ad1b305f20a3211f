using Culvert.Stack;

namespace Culvert.Tests.Stack;

public sealed class DomainSuffixTests
{
    [Theory]
    [InlineData("api.openai.com", true)]
    [InlineData("OPENAI.COM.", true)]
    [InlineData("notopenai.com", false)]
    [InlineData("com", false)]
    public void Matches_itself_and_names_below_it(string host, bool expected) =>
        Assert.Equal(expected, new DomainSuffix("openai.com").Matches(host));
}
