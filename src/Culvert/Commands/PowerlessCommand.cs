using System.CommandLine;
using Culvert.Linux;

namespace Culvert.Commands;

internal static class PowerlessCommand
{
    public static Command Create()
    {
        var line = new Argument<string[]>("command") { Description = "The program and its arguments.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("powerless", "Give up every capability and become a program (the VPN client, where the tunnel role is root).") { line };
        command.Hidden = true;
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parse =>
        {
            var arguments = parse.GetValue(line)!;
            if (Exec.Find(arguments[0]) is not { } program)
            {
                Console.Error.WriteLine($"powerless: {arguments[0]} is not installed.");
                return ExitCode.DoesNotHold;
            }

            try
            {
                Capabilities.GiveUpAll();
                Exec.Become(program, arguments[1..]);
            }
            catch (LibcFailedException e)
            {
                Console.Error.WriteLine($"powerless: {e.Message}; {program} was not started.");
            }

            return ExitCode.DoesNotHold;
        });
        return command;
    }
}
