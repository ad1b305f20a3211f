using System.CommandLine;

namespace Culvert.Commands;

internal static class RenderCommand
{
    public static Command Create()
    {
        var command = new Command("render", "Print a file that Culvert would write: guard, unbound, schema.");
        command.SetAction(_ => 2);
        return command;
    }
}
