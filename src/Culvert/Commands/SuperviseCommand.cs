using System.CommandLine;
using System.Globalization;
using Culvert.Linux;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Commands;

internal static class SuperviseCommand
{
    public static Command Create()
    {
        var name = new Option<string>("--name") { Required = true, Description = "The stack." };
        var keeper = new Option<bool>("--keeper") { Description = "Keep the supervisor running, and nothing else." };
        var command = new Command("supervise", "Keep the roles of the namespaces runtime running (used by up).")
        {
            name,
            keeper,
        };
        command.Hidden = true;
        command.SetAction(async (parse, cancellationToken) =>
        {
            LogOutput.Tolerate();

            // Nothing of where `up` was run stays busy.
            Environment.CurrentDirectory = "/";
            var supervisor = new Supervisor(new Places(parse.GetValue(name)!), Environment.ProcessPath!, TimeProvider.System);
            var alone = parse.GetValue(keeper)
                ? await supervisor.RunKeeperAsync(Say, cancellationToken)
                : await supervisor.RunAsync(Say, cancellationToken);
            return alone ? ExitCode.Holds : ExitCode.DoesNotHold;
        });
        return command;
    }

    /// <summary>A line of the supervisor's log.</summary>
    public static void Say(string line) =>
        Console.WriteLine($"{DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {line}");
}
