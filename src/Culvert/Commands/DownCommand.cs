using System.CommandLine;

namespace Culvert.Commands;

internal static class DownCommand
{
    public static Command Create()
    {
        var command = new Command("down", "Take the stack down and leave nothing behind.");
        command.SetAction(_ => 2);
        return command;
    }
}
