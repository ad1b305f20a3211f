using Culvert.Commands;
using Culvert.Stack;

namespace Culvert.Tests.Commands;

public sealed class FindingPrinterTests
{
    private static readonly Finding One = new("culvert.yaml", 3, 7, "it is so", "it should not be", "change it");

    [Fact]
    public void Prints_one_line_a_finding_with_its_place_first() =>
        Assert.Equal("culvert.yaml:3:7: it is so, it should not be, change it\n", Printed([One], colour: false));

    [Fact]
    public void Colour_marks_only_the_place() =>
        Assert.Equal("\e[1mculvert.yaml:3:7:\e[0m it is so, it should not be, change it\n", Printed([One], colour: true));

    [Fact]
    public void Says_how_many_it_left_out() =>
        Assert.EndsWith("… and 20 more.\n", Printed([.. Enumerable.Repeat(One, FindingPrinter.MostPrinted + 20)], colour: false), StringComparison.Ordinal);

    private static string Printed(IReadOnlyList<Finding> findings, bool colour)
    {
        using var output = new StringWriter { NewLine = "\n" };
        FindingPrinter.Print(findings, output, colour);
        return output.ToString();
    }
}
