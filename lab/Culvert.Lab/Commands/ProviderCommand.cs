using System.CommandLine;
using Culvert.Lab.Providers;

namespace Culvert.Lab.Commands;

internal static class ProviderCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Where certificates are, and where calls are written down." };
        var command = new Command("provider", "The LLM providers of the lab.") { Hidden = true };
        command.Arguments.Add(folder);
        command.SetAction((parsed, cancellationToken) => ProviderProgram.RunAsync(parsed.GetRequiredValue(folder), cancellationToken));
        return command;
    }
}
