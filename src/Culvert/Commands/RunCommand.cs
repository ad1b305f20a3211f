using System.CommandLine;
using System.ComponentModel;
using Culvert.Linux;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Commands;

internal static class RunCommand
{
    public static Command Create()
    {
        var stack = new StackNameOption();
        var app = new Option<bool>("--app")
        {
            Description = "Run it where applications stand: ordinary network, and `vpn` as the proxies' name.",
        };
        var line = new Argument<string[]>("command")
        {
            Description = "The command and its arguments, after --.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(
            "run",
            """
            Run a command inside the namespace: it leaves through the VPN or not at all.

            It runs as you, with your terminal, folder and environment, and without any capability. Under Compose it runs
            in the container dev, as its user and in its folder, with your terminal; --app is the application on vpn-net, where
            there is one.

            Examples:
              sudo culvert run -- curl https://api.ipify.org
              sudo culvert run -- bash
              sudo culvert run --app -- curl --proxy socks5h://vpn:1080 https://api.ipify.org
            """)
        {
            app,
            line,
        };
        stack.AddTo(command);
        command.SetAction(async (parse, cancellationToken) => stack.ResolveCompose(parse) is { } compose
            ? await (parse.GetValue(app) ? compose.RunInApplicationAsync(parse.GetValue(line)!, cancellationToken) : compose.RunInDevAsync(parse.GetValue(line)!, cancellationToken))
            : stack.Resolve(parse) is { } places
            ? await BecomeAsync(places, parse.GetValue(app), parse.GetValue(line)!, cancellationToken)
            : ExitCode.WrongUse);
        return command;
    }

    private static async Task<int> BecomeAsync(Places places, bool app, string[] line, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return Refuse(ExitCode.WrongUse, "Entering a network namespace takes root: run it with sudo; the command itself runs as you.");
        }

        if (!await new Readiness(places, TimeProvider.System).IsGuardedAsync(cancellationToken))
        {
            return Refuse(ExitCode.DoesNotHold, $"{places.Name} is not up, so there is nothing to run the command in: run `culvert up` first.");
        }

        if (CallingUser.Identify(Environment.GetEnvironmentVariable, UserAccount.Find, out var refusal) is not { } user)
        {
            return Refuse(ExitCode.WrongUse, $"Running {line[0]}: {refusal}.");
        }

        foreach (var (name, value) in user.Environment())
        {
            ProcessImage.SetEnvironment(name, value);
        }

        var space = app ? places.AppNamespace : places.VpnNamespace;
        try
        {
            ProcessImage.Replace(
                Programs.Find("ip", Programs.SearchPath(Environment.GetEnvironmentVariable("PATH"))) ?? "ip",
                ["netns", "exec", space, Environment.ProcessPath!, "enter", .. user.ToEntry().ToArguments(), "--", .. line]);
        }
        catch (Win32Exception e)
        {
            return Refuse(ExitCode.DoesNotHold, $"Entering {space} with ip(8): {e.Message}; is iproute2 installed?");
        }

        return ExitCode.DoesNotHold;
    }

    private static int Refuse(int code, string sentence)
    {
        Console.Error.WriteLine(sentence);
        return code;
    }
}
