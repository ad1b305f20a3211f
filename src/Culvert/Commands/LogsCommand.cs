using System.CommandLine;

namespace Culvert.Commands;

internal static class LogsCommand
{
    public static Command Create()
    {
        var stack = new StackNameOption();
        var part = new Argument<string?>("part") { Description = "Only this one (vpn, vpn-tunnel, dev, …).", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until Ctrl-C." };
        var command = new Command(
            "logs",
            """
            Show what the parts of a stack under Compose said.

            Examples:
              culvert logs
              culvert logs vpn-tunnel --follow
            """)
        {
            part, follow,
        };
        stack.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (stack.ResolveCompose(parse) is { } compose)
            {
                return await compose.LogsAsync(parse.GetValue(part), parse.GetValue(follow), cancellationToken);
            }

            if (stack.Resolve(parse) is { } places)
            {
                Console.Error.WriteLine($"{places.Name} runs without an engine: its logs are files in {places.Logs}.");
            }

            return ExitCode.WrongUse;
        });
        return command;
    }
}
