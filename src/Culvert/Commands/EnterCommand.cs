using System.CommandLine;

namespace Culvert.Commands;

internal static class EnterCommand
{
    public static Command Create()
    {
        var command = new Command("enter", "Give up privileges and become a command inside the namespace (used by run and supervise).");
        command.SetAction(_ => 2);
        return command;
    }
}
