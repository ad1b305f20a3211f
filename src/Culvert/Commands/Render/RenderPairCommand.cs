using System.CommandLine;
using System.Net;
using Culvert.Proxy.Pair;
using Culvert.Stack;

namespace Culvert.Commands.Render;

/// <summary><c>culvert render dante</c> and <c>culvert render tinyproxy</c>.</summary>
internal static class RenderPairCommand
{
    public static Command CreateDante() => Create(
        "dante",
        """
        Print the danted.conf of `engine: dante+tinyproxy`.

        As it is once tun0 has an address.

        Example:
          culvert render dante > danted.conf
        """,
        DanteConfiguration.Of);

    public static Command CreateTinyproxy() => Create(
        "tinyproxy",
        """
        Print the tinyproxy.conf of `engine: dante+tinyproxy`, and its filter.

        Passwords are left out, and so is tun0's address, which changes with the exit.

        Example:
          culvert render tinyproxy | less
        """,
        setup =>
        {
            var filter = $"{RunDirectory.For(setup.Stack.Name).Of(Role.Proxy)}/{TinyproxyFilter.FileName}";
            var users = setup.Stack.Proxy.Users.Select(user => new PairCredentials(user.Name, new Secret("***"))).ToList();
            return $"{TinyproxyConfiguration.Of(setup, filter, users)}\n# {filter}:\n{string.Join('\n', TinyproxyFilter.Of().TrimEnd().Split('\n').Select(line => $"#   {line}"))}\n";
        });

    private static Command Create(string name, string description, Func<PairSetup, string> render)
    {
        var config = StackOption.Create();
        var command = new Command(name, description) { config };
        command.SetAction(parsed =>
        {
            if (StackOption.Load(parsed.GetRequiredValue(config)) is not { } stack)
            {
                return ExitCode.WrongUse;
            }

            if (stack.Proxy.Destinations != DestinationScope.Public)
            {
                Console.Error.WriteLine($"render {name}: proxy.destinations names domains, which Dante cannot hold to; write `destinations: public`.");
                return ExitCode.WrongUse;
            }

            Console.Write(render(new PairSetup(
                stack, new IPEndPoint(IPAddress.Any, Role.SocksPort), new IPEndPoint(IPAddress.Any, Role.HttpPort), new(Role.TunnelInterface, IPAddress.Parse("10.8.0.2"), 24))));
            return ExitCode.Holds;
        });
        return command;
    }
}
