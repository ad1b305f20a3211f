using System.CommandLine;
using Culvert.Commands.Init;
using Culvert.Stack;

namespace Culvert.Commands;

internal static class InitCommand
{
    public static Command Create()
    {
        var driver = new Option<string?>("--driver") { Description = "The VPN client: adguard, openvpn or wireguard.", HelpName = "DRIVER" };
        driver.AcceptOnlyFromAmong("adguard", "openvpn", "wireguard");
        var runtime = new Option<string>("--runtime") { Description = "What runs the stack: namespaces, or compose.", HelpName = "RUNTIME", DefaultValueFactory = _ => "namespaces" };
        runtime.AcceptOnlyFromAmong("namespaces", "compose");
        var locations = new Option<string[]>("--location")
        {
            Description = "An exit: a city for adguard, a profile file for openvpn and wireguard. May be given several times; tried in order.",
            HelpName = "LOCATION",
        };
        var directory = new Option<string>("--directory") { Description = "The folder of the new stack.", HelpName = "FOLDER", DefaultValueFactory = _ => "." };
        var force = new Option<bool>("--force") { Description = "Replace a culvert.yaml that is already there." };
        var json = JsonOption.Create();

        var command = new Command("init", """
            Write a commented culvert.yaml, its schema, and a folder for secrets.

            For Docker (--runtime compose) it writes compose.yaml and .env, too. Editors that know JSON Schema complete and check culvert.yaml by it.

            Examples:
              culvert init
              culvert init --driver openvpn --location secrets/frankfurt.ovpn
              culvert init --runtime compose --driver openvpn --location secrets/frankfurt.ovpn
              culvert init --driver adguard --location Frankfurt --location Stockholm
            """)
        {
            runtime, driver, locations, directory, force, json,
        };
        command.SetAction(result => new Initialization(Console.In, Console.Out, Console.Error, Terminal.IsInteractive && !result.GetValue(json)).Run(
            result.GetValue(driver),
            result.GetValue(locations) ?? [],
            result.GetValue(directory)!,
            result.GetValue(force),
            result.GetValue(json),
            result.GetValue(runtime) == "compose" ? StackRuntime.Compose : StackRuntime.Namespaces));
        return command;
    }
}
