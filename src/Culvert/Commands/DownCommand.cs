using System.CommandLine;
using Culvert.Linux;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Commands;

internal static class DownCommand
{
    public static Command Create()
    {
        var stack = new StackNameOption();
        var command = new Command(
            "down",
            """
            Take the stack down and leave nothing behind.

            Whatever still runs inside its namespaces is ended, too. Works also after an `up` that was cut short.

            Examples:
              sudo culvert down
              sudo culvert down --name culvert
            """);
        stack.AddTo(command);
        command.SetAction(async (parse, cancellationToken) => stack.ResolveCompose(parse) is { } compose
            ? await compose.DownAsync(cancellationToken)
            : stack.Resolve(parse) is { } places
            ? await RunAsync(places, cancellationToken)
            : ExitCode.WrongUse);
        return command;
    }

    private static async Task<int> RunAsync(Places places, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("Taking network namespaces down takes root: run it with sudo.");
            return ExitCode.WrongUse;
        }

        try
        {
            var found = await new Demolition(places, TimeProvider.System).RunAsync(cancellationToken);
            Console.WriteLine(found ? $"{places.Name} is down." : $"{places.Name} was not up.");
            return ExitCode.Holds;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"Interrupted; what is left of {places.Name}, the next `culvert down` takes.");
            return ExitCode.DoesNotHold;
        }
        catch (Exception e) when (e is StackBusyException or UnreachableProcessException or SubprocessFailedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Taking {places.Name} down: {e.Message}.");
            return ExitCode.DoesNotHold;
        }
    }
}
