using Culvert.Runtimes;
using Culvert.Stack;
using Spectre.Console;

namespace Culvert.Commands;

/// <summary>The calls of the proxy in a short table; nothing when there are none.</summary>
internal static class CallsPrinter
{
    public static void Print(CallsReport? calls)
    {
        if (calls is not { Lines.Count: > 0 })
        {
            return;
        }

        var table = new Table { Border = Terminal.OutputTakesColour ? TableBorder.Rounded : TableBorder.None };
        table.AddColumns([.. CallsTable.Header.Select(Markup.Escape)]);
        foreach (var row in CallsTable.Rows(calls))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
        if (CallsTable.Rest(calls) is { } rest)
        {
            Console.WriteLine(rest);
        }
    }
}
