using System.CommandLine;

namespace Culvert.Commands;

internal static class StatusCommand
{
    public static Command Create()
    {
        var command = new Command("status", "Show what each role is doing.");
        command.SetAction(_ => 2);
        return command;
    }
}
