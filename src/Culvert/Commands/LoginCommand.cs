using System.CommandLine;
using System.ComponentModel;
using Culvert.Commands.Login;
using Culvert.Linux;
using Culvert.Runtimes.Compose;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Tunnel.Drivers.AdGuard;

namespace Culvert.Commands;

internal static class LoginCommand
{
    private const string Description = """
        Log in to AdGuard VPN: shows a link to open in any browser, and waits.

        For `vpn.driver: adguard` only. A tunnel that waits for the login comes up by itself. The login is kept in
        /var/lib/culvert/NAME, which only root can read. While the stack is up AdGuard is reached by the carrier's way,
        before it was ever up by the machine's own network. Ctrl-C gives up.

        Example:
          sudo culvert login
        """;

    public static Command Create()
    {
        var config = StackOption.Create();
        var json = JsonOption.Create();
        var stage = new Option<string?>("--inside") { Hidden = true };
        var command = new Command("login", Description) { config, json, stage };
        command.SetAction((parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(config);
            var inside = parsed.GetValue(stage) is { } run ? new RunDirectory(run) : null;
            var stack = inside is null ? StackOption.Load(path) : StackOption.LoadForRole(path, inside.SecretsOf(Role.Tunnel));
            return stack is null
                ? Task.FromResult(ExitCode.WrongUse)
                : RunAsync(stack, inside, new LoginOutput(parsed.GetValue(json)), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(StackDefinition stack, RunDirectory? inside, LoginOutput output, CancellationToken cancellationToken)
    {
        if (stack.Vpn.Driver != VpnDriver.AdGuard)
        {
            return LoginOutput.Refuse($"vpn.driver is {stack.Vpn.Driver.ToString().ToLowerInvariant()}, which needs no login: what it needs is in its profiles", ExitCode.WrongUse);
        }

        try
        {
            if (inside is null)
            {
                GoInside(stack, output.Json);
            }

            return stack.Runtime == StackRuntime.Compose && inside is null
                ? LoginOutput.Refuse("vpn-tunnel, in which the login is made, could not be entered", ExitCode.DoesNotHold)
                : await LogInAsync(stack, inside, output, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            return LoginOutput.Refuse($"{e.Message}; run it as root", ExitCode.DoesNotHold);
        }
        catch (OperationCanceledException)
        {
            return LoginOutput.Refuse("given up; nothing was changed", ExitCode.DoesNotHold);
        }
    }

    /// <summary>Becomes this command again beside the tunnel role, where AdGuard is called by the carrier's way. Returns where there is no such place yet.</summary>
    private static void GoInside(StackDefinition stack, bool json)
    {
        string[] Options(string run) => ["--inside", run, .. json ? ["--json"] : Array.Empty<string>()];
        if (stack.Runtime == StackRuntime.Compose)
        {
            ProcessImage.Replace("docker", ["exec", "--interactive", .. Terminal.IsInteractive ? ["--tty"] : Array.Empty<string>(), PartReport.Tunnel, "culvert", "login", "--config", "/etc/culvert/culvert.yaml", .. Options("/run/culvert")]);
        }

        var places = new Places(stack.Name);
        if (places.IsUp && File.Exists(places.ClientResolvConf))
        {
            var program = Environment.ProcessPath!;
            var entry = Units.TunnelEntry(places, stack.Vpn.Driver) with { ProgramDirectory = places.ProgramDirectory };
            ProcessImage.Replace("ip",
            [
                "netns", "exec", places.VpnNamespace, program, "enter", .. entry.ToArguments(), "--",
                $"{places.ProgramDirectory}/{Path.GetFileName(program)}", "login", "--config", places.Configuration, .. Options(places.Run.Path),
            ]);
        }
    }

    private static async Task<int> LogInAsync(StackDefinition stack, RunDirectory? inside, LoginOutput output, CancellationToken cancellationToken)
    {
        if (Programs.Find(AdGuardCli.Program, Programs.SearchPath(Environment.GetEnvironmentVariable("PATH"))) is not { } program)
        {
            return LoginOutput.Refuse($"{AdGuardCli.Program} not found: it is in no Debian package; install it as its maker says, so that it is on PATH", ExitCode.DoesNotHold);
        }

        var cli = new AdGuardCli(program, StateDirectory.For(stack.Name).AdGuard, TimeProvider.System);
        if (inside is not null && ReportFile.ReadNamespace(inside.NamespaceReport) is { } space)
        {
            // Only what is bound to the uplink finds a way out there.
            foreach (var sentence in await cli.ConfigureAsync(space.Uplink.Name, cancellationToken))
            {
                Console.Error.WriteLine($"login: {sentence}.");
            }
        }

        if (await cli.LoginAsync(step => output.Show(step, DateTimeOffset.Now), cancellationToken) is { } problem)
        {
            return LoginOutput.Refuse(problem, ExitCode.DoesNotHold);
        }

        output.Done(await cli.LicenseAsync(cancellationToken));
        return ExitCode.Holds;
    }
}
