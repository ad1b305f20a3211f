using System.CommandLine;
using Culvert.Linux;
using Culvert.Resolver;
using Culvert.Stack;

namespace Culvert.Commands;

internal static class ResolverCommand
{
    private const string Description = """
        Role: answer DNS on 127.0.0.1:53 over TLS through tun0.

        Writes DIR/resolver/unbound.conf and becomes unbound. Its uid is the only one that the guard lets ask an upstream.

        Example:
          culvert resolver --config culvert.yaml --run /run/culvert/culvert
        """;

    public static Command Create()
    {
        var config = StackOption.Create();
        var run = RoleOption.CreateRun();
        var command = new Command("resolver", Description) { config, run };
        command.SetAction(parsed => Become(parsed.GetRequiredValue(config), new RunDirectory(parsed.GetRequiredValue(run))));
        return command;
    }

    private static int Become(string config, RunDirectory run)
    {
        if (StackOption.LoadForRole(config, run.SecretsOf(Role.Resolver)) is not { } stack)
        {
            return ExitCode.WrongUse;
        }

        try
        {
            Console.Error.WriteLine($"resolver: {ResolverRole.Become(stack.Dns, run)}.");
        }
        catch (Exception e) when (e is LibcFailedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"resolver: {e.Message}.");
        }

        return ExitCode.DoesNotHold;
    }
}
