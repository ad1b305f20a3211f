using Culvert.Verification;
using Spectre.Console;
using static Culvert.Tests.Verification.Observations;

namespace Culvert.Tests.Verification;

public sealed class EvidenceTableTests
{
    [Fact]
    public void Reads_like_this_when_everything_holds() => Assert.Equal(
        """
        ╭─────────┬────────────────────┬──────────────────┬──────────╮
        │         │ Promise            │ Expected         │ Observed │
        ├─────────┼────────────────────┼──────────────────┼──────────┤
        │ ✓ holds │ The promise of dns │ what ought to be │ seen     │
        │         │ dns, 1.2 s         │                  │          │
        ╰─────────┴────────────────────┴──────────────────┴──────────╯
        Everything holds: 1 hold, 0 broken, 0 unproven, 0 skipped, in 7.5 s.

        """,
        Render(Report(Evidence(Verdict.Holds)), 100));

    [Fact]
    public void What_does_not_hold_is_told_whole_below_the_table()
    {
        var text = Render(Report(
            Evidence(Verdict.Broken, "dns", "a datagram left") with
            {
                Details = ["another one left"],
                Control = new Control(true, "seen in the twin"),
                How = [.. Enumerable.Range(1, 6).Select(i => $"command {i}")],
            },
            Evidence(Verdict.Inconclusive, "ipv6", "the control failed"),
            Evidence(Verdict.Skipped, "guard")), 100);
        Assert.Contains("✗ broken", text);
        Assert.Contains("? unproven", text);
        Assert.Contains("- skipped", text);
        Assert.Contains(
            """
            The promise of dns (dns): Broken
              expected  what ought to be
              observed  a datagram left
                        another one left
              control   seen in the twin
              how       command 1
              how       command 2
              how       command 3
              how       command 4
                        … and 2 more; --json lists all
            """,
            text);
        Assert.Contains("The promise of ipv6 (ipv6): Inconclusive", text);
        Assert.EndsWith("It does not hold: 0 hold, 1 broken, 1 unproven, 1 skipped, in 7.5 s.\n", text);
    }

    [Fact]
    public void Brackets_in_what_was_seen_are_text_and_no_markup()
    {
        var text = Render(Report(Evidence(Verdict.Broken, "dns", "[red]no[/] [::1]:53 [/]")), 100);
        Assert.Contains("  observed  [red]no[/] [::1]:53 [/]", text);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(140)]
    public void Stays_within_the_width_however_long_the_text(int width)
    {
        var text = Render(Report(Evidence(Verdict.Holds, "only-carrier", string.Join(' ', Enumerable.Repeat("word", 100)))), width);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, width));
    }

    private static string Render(VerifyReport report, int width)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width;
        EvidenceTable.Write(report, console);
        return string.Join('\n', output.ToString().Split('\n').Select(line => line.TrimEnd()));
    }
}
