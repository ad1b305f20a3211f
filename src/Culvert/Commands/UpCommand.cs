using System.CommandLine;

namespace Culvert.Commands;

internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Command("up", "Bring the stack up and wait until it carries traffic.");
        command.SetAction(_ => 2);
        return command;
    }
}
