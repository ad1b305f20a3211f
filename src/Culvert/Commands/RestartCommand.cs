using System.CommandLine;

namespace Culvert.Commands;

internal static class RestartCommand
{
    public static Command Create()
    {
        var stack = new StackNameOption();
        var json = JsonOption.Create();
        var part = new Argument<string?>("part") { Description = "Only this one; without it, vpn and whatever joined its namespace.", Arity = ArgumentArity.ZeroOrOne };
        var timeout = new Option<int>("--timeout") { Description = "How many seconds to wait until all is healthy.", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };
        var command = new Command(
            "restart",
            """
            Restart a part of a stack under Compose, or all but its applications.

            Waits until it is healthy. Restarting vpn makes a new namespace, so whatever joined the old one is made anew with it.

            Examples:
              culvert restart vpn-tunnel
              culvert restart
            """)
        {
            part, timeout, json,
        };
        stack.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (stack.ResolveCompose(parse, parse.GetValue(json)) is { } compose)
            {
                return await compose.RestartAsync(parse.GetValue(part), TimeSpan.FromSeconds(parse.GetValue(timeout)), cancellationToken);
            }

            if (stack.Resolve(parse) is { } places)
            {
                Console.Error.WriteLine($"{places.Name} runs without an engine, and its supervisor restarts what ends: `culvert down` and `culvert up` begin anew.");
            }

            return ExitCode.WrongUse;
        });
        return command;
    }
}
