using System.CommandLine;

namespace Culvert.Commands;

internal static class VerifyCommand
{
    public static Command Create()
    {
        var command = new Command("verify", "Prove that every call leaves through the VPN: checks with evidence.");
        command.SetAction(_ => 2);
        return command;
    }
}
