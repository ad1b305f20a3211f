using System.Globalization;
using Spectre.Console;

namespace Culvert.Lab.Run;

/// <summary>What a run of the lab shows: progress a line at a time, tables, and whether all of it held.</summary>
internal sealed class LabReport
{
    private readonly IAnsiConsole console;

    public LabReport()
    {
        console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 140;
        }
    }

    /// <summary>False as soon as one thing did not hold.</summary>
    public bool Holds { get; private set; } = true;

    public void Heading(string text)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{text}[/]");
    }

    public void Say(string text) => console.WriteLine(text);

    /// <summary>A line that holds or does not.</summary>
    public void Judge(bool holds, string text)
    {
        Holds &= holds;
        console.MarkupLine($"{Mark(holds)} {Markup.Escape(text)}");
    }

    public void Calls(IEnumerable<JudgedCall> calls)
    {
        var table = NewTable("source", "path", "client", "provider", "seen from", "verdict");
        foreach (var (call, expected, holds) in calls)
        {
            Holds &= holds;
            var verdict = holds ? $"{Mark(true)} {expected}" : $"{Mark(false)} {Markup.Escape(call.Detail)}";
            table.AddRow(
                new Text(call.Route.Source),
                new Text(call.Route.Path),
                new Text(call.Client.Name),
                new Text(call.Provider.Host),
                new Text(call.Record?.Peer ?? "–"),
                new Markup(verdict));
        }

        console.Write(table);
    }

    public void Kills(IReadOnlyList<KillOutcome> outcomes)
    {
        var table = NewTable("kill -9 of", "outside the carrier", "carrier", "calls were away", "verdict");
        foreach (var outcome in outcomes)
        {
            var holds = outcome.Holds;
            Holds &= holds;
            table.AddRow(
                new Text(outcome.Victim),
                new Text(outcome.Seen.Leaked == 0 ? "0 packets" : $"{outcome.Seen}"),
                new Text($"{outcome.Seen.Carrier.Packets} packets"),
                new Text(outcome.CallsCameBack ? $"{outcome.Away.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s" : "for good"),
                new Markup(Mark(holds)));
        }

        console.Write(table);
    }

    private static Table NewTable(params string[] columns)
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.Minimal : TableBorder.Rounded);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column));
        }

        return table;
    }

    private static string Mark(bool holds) => holds ? "[green]✓[/]" : "[red]✗[/]";
}

/// <summary>A call and whether it came from where it should: <see cref="Expected"/> names that place.</summary>
internal sealed record JudgedCall(LlmCall Call, string Expected, bool Holds);
