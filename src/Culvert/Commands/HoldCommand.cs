using System.CommandLine;

namespace Culvert.Commands;

internal static class HoldCommand
{
    public static Command Create()
    {
        var command = new Command("hold", "Role: own the namespace, load the guard, read it back, drop everything, pause.");
        command.SetAction(_ => 2);
        return command;
    }
}
