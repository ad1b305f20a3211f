using System.CommandLine;
using System.Text.Json;
using Culvert.Runtimes.Namespaces;
using Spectre.Console;

namespace Culvert.Commands;

internal static class StatusCommand
{
    public static Command Create()
    {
        var stack = new StackNameOption();
        var json = JsonOption.Create();
        var serving = new StatusServing();
        var command = new Command(
            "status",
            """
            Show what each role is doing. Exit code 1 when something is not as it should be.

            Examples:
              culvert status
              culvert status --json
              culvert status --serve
            """)
        {
            json,
        };
        stack.AddTo(command);
        serving.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (serving.IsWanted(parse))
            {
                return await serving.RunAsync(parse, stack, cancellationToken);
            }

            if (stack.ResolveCompose(parse, parse.GetValue(json)) is { } compose)
            {
                return await compose.StatusAsync(cancellationToken);
            }

            if (stack.Resolve(parse) is not { } places)
            {
                return ExitCode.WrongUse;
            }

            var status = new StatusObserver(places).Observe();
            Print(status, parse.GetValue(json));
            return status.Holds ? ExitCode.Holds : ExitCode.DoesNotHold;
        });
        return command;
    }

    private static void Print(StackStatus status, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(status, StatusJson.Default.StackStatus));
            return;
        }

        var table = new Table { Border = Terminal.OutputTakesColour ? TableBorder.Rounded : TableBorder.None };
        table.AddColumns([.. StatusLines.Header.Select(Markup.Escape)]);
        foreach (var row in StatusLines.Rows(status, DateTimeOffset.UtcNow))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        if (status.Processes.Count > 0)
        {
            AnsiConsole.Write(table);
        }

        CallsPrinter.Print(status.Calls);
        foreach (var sentence in StatusLines.Sentences(status))
        {
            Console.WriteLine(sentence);
        }
    }
}
