using System.CommandLine;

namespace Culvert.Commands;

internal static class EnvCommand
{
    public static Command Create()
    {
        var command = new Command("env", "Print the proxy settings for a language or tool.");
        command.SetAction(_ => 2);
        return command;
    }
}
