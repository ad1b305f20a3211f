using Spectre.Console;

namespace Culvert.Verification;

/// <summary>The report for people: a table, then for whatever does not hold everything that is known about it.</summary>
internal static class EvidenceTable
{
    // Enough to see the manner; a screen full of probes hides the finding.
    private const int MostCommands = 4;

    public static void Write(VerifyReport report, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "Promise", "Expected", "Observed");
        table.Columns[0].NoWrap();
        table.ShowRowSeparators();
        foreach (var evidence in report.Evidence)
        {
            table.AddRow(
                Mark(evidence.Verdict),
                new Markup($"{Markup.Escape(evidence.Title)}\n[dim]{Markup.Escape(evidence.Check)}, {evidence.Duration.TotalSeconds:0.0} s[/]"),
                new Text(evidence.Expected),
                new Text(evidence.Observed));
        }

        console.Write(table);
        foreach (var evidence in report.Evidence.Where(evidence => evidence.Verdict is Verdict.Broken or Verdict.Inconclusive))
        {
            WriteDetails(evidence, console);
        }

        console.MarkupLine(Summary(report));
    }

    private static void WriteDetails(Evidence evidence, IAnsiConsole console)
    {
        console.WriteLine();
        console.MarkupLine($"[bold]{Markup.Escape(evidence.Title)}[/] ({Markup.Escape(evidence.Check)}): {Markup.Escape(evidence.Verdict.ToString())}");
        void Line(string label, string text) => console.MarkupLine($"  [dim]{label,-9}[/] {Markup.Escape(text)}");
        Line("expected", evidence.Expected);
        Line("observed", evidence.Observed);
        foreach (var detail in evidence.Details)
        {
            Line("", detail);
        }

        if (evidence.Control is { } control)
        {
            Line("control", control.Observed);
        }

        foreach (var how in evidence.How.Take(MostCommands))
        {
            Line("how", how);
        }

        if (evidence.How.Count > MostCommands)
        {
            Line("", $"… and {evidence.How.Count - MostCommands} more; --json lists all");
        }
    }

    private static Markup Mark(Verdict verdict) => new(verdict switch
    {
        Verdict.Holds => "[green]✓ holds[/]",
        Verdict.Broken => "[red]✗ broken[/]",
        Verdict.Inconclusive => "[yellow]? unproven[/]",
        _ => "[dim]- skipped[/]",
    });

    private static string Summary(VerifyReport report)
    {
        int Count(Verdict verdict) => report.Evidence.Count(evidence => evidence.Verdict == verdict);
        var counts = $"{Count(Verdict.Holds)} hold, {Count(Verdict.Broken)} broken, {Count(Verdict.Inconclusive)} unproven, {Count(Verdict.Skipped)} skipped, in {report.Duration.TotalSeconds:0.0} s";
        return report.Holds ? $"[green]Everything holds:[/] {counts}." : $"[red]It does not hold:[/] {counts}.";
    }
}
