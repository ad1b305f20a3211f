using System.CommandLine;

namespace Culvert.Commands;

internal static class ResolverCommand
{
    public static Command Create()
    {
        var command = new Command("resolver", "Role: answer DNS on 127.0.0.1:53 over TLS through tun0.");
        command.SetAction(_ => 2);
        return command;
    }
}
