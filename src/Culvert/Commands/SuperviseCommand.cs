using System.CommandLine;

namespace Culvert.Commands;

internal static class SuperviseCommand
{
    public static Command Create()
    {
        var command = new Command("supervise", "Keep the roles of the namespaces runtime running (used by up).");
        command.SetAction(_ => 2);
        return command;
    }
}
