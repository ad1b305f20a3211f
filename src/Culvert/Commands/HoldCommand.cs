using System.CommandLine;
using System.Text.Json;
using Culvert.Guard;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tunnel;

namespace Culvert.Commands;

internal static class HoldCommand
{
    private const string Description = """
        Role: own the namespace, load the guard, read it back, drop everything, pause.

        Runs inside the namespace as root with CAP_NET_ADMIN. When the guard stands it writes DIR/namespace.json, gives up
        every privilege and waits for SIGTERM. Anything that goes wrong is a sentence on stderr and exit code 1.
        Running it again in the same namespace does the same again, without a gap.

        Example:
          culvert hold --config culvert.yaml --run /run/culvert/culvert
        """;

    public static Command Create()
    {
        var config = StackOption.Create();
        var run = RoleOption.CreateRun();
        var stage = new Option<string?>("--stage") { Hidden = true };
        var command = new Command("hold", Description) { config, run, stage };
        command.SetAction((parsed, cancellationToken) =>
        {
            var directory = new RunDirectory(parsed.GetRequiredValue(run));
            return Guarded(() => parsed.GetValue(stage) == Pause.Stage
                ? PauseAsync(directory, cancellationToken)
                : StandAsync(parsed.GetRequiredValue(config), directory, cancellationToken));
        });
        return command;
    }

    private static async Task<int> StandAsync(string config, RunDirectory run, CancellationToken cancellationToken)
    {
        run.Prepare();
        var handover = new ReportHandover(run);
        var earlier = handover.Withdraw();
        // Before anything is read: a container engine has given the namespace its interfaces already.
        await Nft.Own.CloseAsync(cancellationToken);
        if (StackOption.LoadForRole(config, run.SecretsOf(Role.Hold)) is not { } stack)
        {
            return ExitCode.WrongUse;
        }

        var carriers = CarrierPlan.Of(stack);
        if (carriers.Problems.Count > 0)
        {
            return Failed(carriers.Problems);
        }

        var hold = new NamespaceHold(IpRoute.Own, Nft.Own, TimeProvider.System);
        var outcome = await hold.StandAsync(stack, carriers.Carriers, earlier, cancellationToken);
        if (outcome.Report is not { } report)
        {
            return Failed(outcome.Problems);
        }

        handover.LayReady(report);
        Console.WriteLine($"hold: the guard stands (uplink {report.Uplink.Name} {report.Uplink.Address}, {report.Carriers.Count} carriers, ruleset {report.RulesetSha256[..12]}).");
        Pause.Become(config, run.Path, text => Console.WriteLine($"hold: {text}"));
        return ExitCode.DoesNotHold;
    }

    private static async Task<int> PauseAsync(RunDirectory run, CancellationToken cancellationToken)
    {
        if (Pause.Problem() is { } problem)
        {
            return Failed([problem]);
        }

        new ReportHandover(run).Publish();
        await Pause.UntilToldAsync(cancellationToken);
        return ExitCode.Holds;
    }

    private static async Task<int> Guarded(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (e is SubprocessFailedException or LibcFailedException or IOException or UnauthorizedAccessException or JsonException)
        {
            return Failed([e.Message]);
        }
    }

    private static int Failed(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"hold: {problem}.");
        }

        return ExitCode.DoesNotHold;
    }
}
