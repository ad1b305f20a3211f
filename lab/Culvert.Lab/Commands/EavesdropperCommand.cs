using System.CommandLine;
using Culvert.Lab.Dns;

namespace Culvert.Lab.Commands;

internal static class EavesdropperCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "Where every query is written down." };
        var command = new Command("eavesdropper", "The resolver of the lab that writes down what it hears.") { Hidden = true };
        command.Arguments.Add(file);
        command.SetAction((parsed, cancellationToken) => EavesdropperProgram.RunAsync(parsed.GetRequiredValue(file), cancellationToken));
        return command;
    }
}
