using System.CommandLine;
using System.Text.Json;
using Culvert.Commands.Env;
using Culvert.Stack;

namespace Culvert.Commands;

internal static class EnvCommand
{
    public static Command Create()
    {
        var application = new Argument<string>("application")
        {
            Description = $"Who is to use the proxies: {string.Join(", ", Snippet.Applications)}.",
            DefaultValueFactory = _ => "shell",
            HelpName = "APPLICATION",
        };
        application.AcceptOnlyFromAmong(Snippet.Applications);
        var inside = new Option<bool>("--inside") { Description = "For processes inside the namespace (dev): the proxies are at 127.0.0.1 there. vscode and kilo always are inside." };
        var config = StackOption.Create();
        var json = JsonOption.Create();

        var command = new Command("env", """
            Print the proxy settings for a language or tool, ready to paste.

            SOCKS5 is written socks5h wherever the client knows it: then names are resolved behind the tunnel.

            Examples:
              culvert env python
              culvert env node --inside
              eval "$(culvert env shell)"
            """)
        {
            application, inside, config, json,
        };
        command.SetAction(result =>
        {
            var path = result.GetValue(config)!;
            // The settings need culvert.yaml only for the users in it; where none was named and none is there, there are none.
            var stack = result.GetResult(config) is { Implicit: false } || File.Exists(path) ? StackOption.Load(path) : StackLoader.Parse(path, "").Stack;
            if (stack is null)
            {
                return ExitCode.WrongUse;
            }

            var name = result.GetValue(application)!;
            var user = stack.Proxy.Users is [var first, ..] ? first : null;
            var addresses = ProxyAddresses.Of(result.GetValue(inside) || Snippet.IsAlwaysInside(name), user);
            Console.Out.WriteLine(result.GetValue(json)
                ? JsonSerializer.Serialize(EnvReport.Of(name, addresses), EnvJson.Default.EnvReport)
                : Snippet.For(name, addresses));
            return ExitCode.Holds;
        });
        return command;
    }
}
