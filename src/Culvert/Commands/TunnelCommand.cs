using System.CommandLine;

namespace Culvert.Commands;

internal static class TunnelCommand
{
    public static Command Create()
    {
        var command = new Command("tunnel", "Role: run the VPN client and keep tun0 carrying.");
        command.SetAction(_ => 2);
        return command;
    }
}
