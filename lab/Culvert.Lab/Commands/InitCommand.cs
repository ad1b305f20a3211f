using System.CommandLine;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Commands;

internal static class InitCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("folders") { Arity = ArgumentArity.ZeroOrMore, Description = "Folders to be written in memory only." };
        var command = new Command("init", "Pid 1 of a sandbox or a machine of the lab.") { Hidden = true };
        command.Arguments.Add(folders);
        command.SetAction(parsed => SandboxInit.Run(parsed.GetValue(folders) ?? []));
        return command;
    }
}
