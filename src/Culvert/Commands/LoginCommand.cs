using System.CommandLine;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tunnel;
using Culvert.Tunnel.Drivers.AdGuard;

namespace Culvert.Commands;

internal static class LoginCommand
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Description = """
        Log in to AdGuard VPN: shows a link to open in any browser, and waits.

        For `vpn.driver: adguard` only. The login is kept in /var/lib/culvert/NAME, which only root can read.

        Example:
          sudo culvert login
        """;

    public static Command Create()
    {
        var config = StackOption.Create();
        var command = new Command("login", Description) { config };
        command.SetAction((parsed, cancellationToken) => StackOption.Load(parsed.GetRequiredValue(config)) is { } stack
            ? RunAsync(stack, cancellationToken)
            : Task.FromResult(ExitCode.WrongUse));
        return command;
    }

    private static async Task<int> RunAsync(StackDefinition stack, CancellationToken cancellationToken)
    {
        if (stack.Vpn.Driver != VpnDriver.AdGuard)
        {
            return Say($"vpn.driver is {stack.Vpn.Driver.ToString().ToLowerInvariant()}, which needs no login: what it needs is in its profiles", ExitCode.WrongUse);
        }

        if (Programs.Find(AdGuardCli.Program, Programs.SearchPath(Environment.GetEnvironmentVariable("PATH"))) is not { } program)
        {
            return Say($"{AdGuardCli.Program} not found: it is in no Debian package; install it as its maker says, so that it is on PATH", ExitCode.DoesNotHold);
        }

        try
        {
            return await LogInAsync(program, StateDirectory.For(stack.Name), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return Say($"{e.Message}; run it as root", ExitCode.DoesNotHold);
        }
        catch (OperationCanceledException)
        {
            return Say("given up; nothing was changed", ExitCode.DoesNotHold);
        }
    }

    private static async Task<int> LogInAsync(string program, StateDirectory state, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(state.AdGuard, OnlyOwner);
        var cli = new AdGuardCli(program, state.AdGuard, TimeProvider.System);
        if (await cli.LoginAsync(step => Show(step, DateTimeOffset.Now), cancellationToken) is { } problem)
        {
            return Say(problem, ExitCode.DoesNotHold);
        }

        var license = await cli.LicenseAsync(cancellationToken);
        Console.WriteLine($"Logged in{(license.Account is { } account ? $" as {account}" : "")}{(license.Plan is { } plan ? $", {plan}" : "")}.");
        return CarrierPlan.UnsupportedDriver(VpnDriver.AdGuard) is { } sentence ? Say(sentence, ExitCode.Holds) : ExitCode.Holds;
    }

    private static void Show(AdGuardLogin step, DateTimeOffset now)
    {
        if (step is not AdGuardLogin.Link link)
        {
            return;
        }

        if (link.IsForeign)
        {
            Console.Error.WriteLine($"login: WARNING: the link below does not lead to AdGuard but to {Quoted.Of(link.Page.IdnHost)}. Do not open it; find out who put {AdGuardCli.Program} there.");
        }

        Console.WriteLine($"Open this link in any browser, before {now + link.ValidFor:HH:mm} ({link.ValidFor.TotalMinutes:0} min):");
        Console.WriteLine($"  {link.Page}");
    }

    private static int Say(string sentence, int exitCode)
    {
        Console.Error.WriteLine($"login: {sentence}.");
        return exitCode;
    }
}
