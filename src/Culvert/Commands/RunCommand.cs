using System.CommandLine;

namespace Culvert.Commands;

internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Run a command inside the namespace, so that it leaves through the VPN or not at all.");
        command.SetAction(_ => 2);
        return command;
    }
}
