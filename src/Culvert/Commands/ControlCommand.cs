using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using Culvert.Runtimes;
using Culvert.Stack;

namespace Culvert.Commands;

internal static class ControlCommand
{
    public static Command Create()
    {
        var ask = new Argument<string>("ask") { Description = "calls: what the proxy counted, as JSON. reload: read culvert.yaml again; open connections go on." };
        ask.AcceptOnlyFromAmong(ControlRequest.Calls, ControlRequest.Reload);
        var run = RoleOption.CreateRun();
        var command = new Command(
            "control",
            """
            Ask the proxy role what it counted, or to read its configuration again.

            As root, or as the role's own user. Exit code 1 and a sentence when it does not do it.

            Examples:
              culvert control reload --run /run/culvert/culvert
              docker exec vpn-proxy culvert control calls --run /run/culvert
            """)
        {
            ask, run,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(ask), new RunDirectory(parsed.GetRequiredValue(run))));
        return command;
    }

    private static int Run(string question, RunDirectory run)
    {
        try
        {
            var answer = ProxyControl.Ask(run, question);
            if (answer.Problem is { } problem)
            {
                Console.Error.WriteLine(problem);
                return ExitCode.DoesNotHold;
            }

            Console.WriteLine(answer.Calls is { } calls
                ? JsonSerializer.Serialize(calls, ControlJson.Default.CallsReport)
                : "The proxy took over the configuration; open connections go on.");
            return ExitCode.Holds;
        }
        catch (Exception e) when (e is SocketException or JsonException)
        {
            Console.Error.WriteLine($"Asking the proxy at {run.ControlOf(Role.Proxy)}: {e.Message}; does it run, and are you root?");
            return ExitCode.DoesNotHold;
        }
    }
}
