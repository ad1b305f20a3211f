using CsCheck;
using Culvert.Stack.Keys;

namespace Culvert.Tests.Stack;

public sealed class SpellingTests
{
    private static readonly string[] Known = ["driver", "locations", "user", "password_file"];

    [Theory]
    [InlineData("drivr", "driver")]
    [InlineData("dirver", "driver")]
    [InlineData("Driver", "driver")]
    [InlineData("location", "locations")]
    [InlineData("password-file", "password_file")]
    [InlineData("passwordfile", "password_file")]
    [InlineData("usr", "user")]
    [InlineData("tunnel", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_found_when_it_is_near(string written, string? meant) => Assert.Equal(meant, Spelling.Nearest(written, Known));

    [Fact]
    public void A_known_word_is_its_own_nearest() =>
        Gen.Int[0, Known.Length - 1].Sample(i => Spelling.Nearest(Known[i], Known) == Known[i]);

    [Fact]
    public void One_edit_is_always_forgiven() =>
        Gen.Select(Gen.Int[0, 8], Gen.Char['a', 'z']).Sample((at, letter) =>
            Spelling.Nearest("locations".Insert(at, letter.ToString()), Known) == "locations"
            && Spelling.Nearest("locations".Remove(at, 1), Known) == "locations");
}
