using Culvert.Commands;

namespace Culvert.Tests.Commands;

public sealed class StackNameOptionTests
{
    [Theory]
    [InlineData("culvert")]
    [InlineData("A")]
    [InlineData("7up")]
    [InlineData("work-2_b")]
    [InlineData("a2345678901234567890123456789012")]
    public void A_name_is_letters_digits_dash_and_underscore(string name) => Assert.True(StackNameOption.IsName(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../etc")]
    [InlineData("a/b")]
    [InlineData("/run/culvert/a")]
    [InlineData("-rf")]
    [InlineData("_a")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\0b")]
    [InlineData("größe")]
    [InlineData("１")]
    [InlineData("a23456789012345678901234567890123")]
    public void What_could_lead_root_anywhere_else_is_no_name(string name) => Assert.False(StackNameOption.IsName(name));
}
