using System.CommandLine;
using Culvert.Resolver;
using Culvert.Stack;

namespace Culvert.Commands.Render;

internal static class RenderUnboundCommand
{
    private const string Description = """
        Print the unbound.conf that the resolver uses.

        Example:
          culvert render unbound > unbound.conf
        """;

    public static Command Create()
    {
        var config = StackOption.Create();
        var command = new Command("unbound", Description) { config };
        command.SetAction(parsed => Print(parsed.GetRequiredValue(config)));
        return command;
    }

    private static int Print(string config)
    {
        if (StackOption.Load(config) is not { } stack)
        {
            return ExitCode.WrongUse;
        }

        if (CaBundle.Find() is not { } caBundle)
        {
            Console.Error.WriteLine("render unbound: no file of certificate authorities was found; install ca-certificates or set SSL_CERT_FILE.");
            return ExitCode.DoesNotHold;
        }

        Console.Write(UnboundConfiguration.Of(stack.Dns, caBundle, RunDirectory.For(stack.Name).Of(Role.Resolver)));
        return ExitCode.Holds;
    }
}
