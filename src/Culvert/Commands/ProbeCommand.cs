using System.CommandLine;

namespace Culvert.Commands;

internal static class ProbeCommand
{
    public static Command Create()
    {
        var command = new Command("probe", "Make one call or watch one interface from where this process stands (used by verify).");
        command.SetAction(_ => 2);
        return command;
    }
}
