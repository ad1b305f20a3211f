using System.CommandLine;

namespace Culvert.Commands;

internal static class ProxyCommand
{
    public static Command Create()
    {
        var command = new Command("proxy", "Role: SOCKS5 on :1080 and HTTP on :1090, dialling through tun0 only.");
        command.SetAction(_ => 2);
        return command;
    }
}
