using System.CommandLine;

namespace Culvert.Commands;

internal static class InitCommand
{
    public static Command Create()
    {
        var command = new Command("init", "Write a commented culvert.yaml in this folder.");
        command.SetAction(_ => 2);
        return command;
    }
}
