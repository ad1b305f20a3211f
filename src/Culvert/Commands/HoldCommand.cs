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
        Running it again in the same namespace does the same again, without a gap. With --once it does that for the hold
        that owns the namespace, and ends; where it fails before the new guard is loaded, the earlier guard and its report stay.

        Examples:
          culvert hold --config culvert.yaml --run /run/culvert/culvert
          culvert hold --once --config culvert.yaml --run /run/culvert/culvert
        """;

    public static Command Create()
    {
        var config = StackOption.Create();
        var run = RoleOption.CreateRun();
        var once = new Option<bool>("--once") { Description = "Load a changed guard into a namespace that another hold owns, and end." };
        var stage = new Option<string?>("--stage") { Hidden = true };
        var command = new Command("hold", Description) { config, run, once, stage };
        command.SetAction((parsed, cancellationToken) =>
        {
            var directory = new RunDirectory(parsed.GetRequiredValue(run));
            return Guarded(() => parsed.GetValue(stage) == Pause.Stage
                ? PauseAsync(directory, cancellationToken)
                : parsed.GetValue(once)
                ? StandAgainAsync(parsed.GetRequiredValue(config), directory)
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

        var outcome = await OutcomeAsync(stack, earlier, cancellationToken);
        if (outcome.Report is not { } report)
        {
            return Failed(outcome.Problems);
        }

        handover.LayReady(report);
        Tell(report);
        Pause.Become(config, run.Path, text => Console.WriteLine($"hold: {text}"));
        return ExitCode.DoesNotHold;
    }

    /// <summary>Once begun it goes through, also when it is told to end: half of it would be a namespace whose report is wrong.</summary>
    private static async Task<int> StandAgainAsync(string config, RunDirectory run)
    {
        var handover = new ReportHandover(run);
        if (handover.Published() is not { } earlier || earlier.Network != NetworkNamespace.OwnId())
        {
            return Failed(["no hold has this namespace guarded, so there is no guard to change; run hold without --once"]);
        }

        if (StackOption.LoadForRole(config, run.SecretsOf(Role.Hold)) is not { } stack)
        {
            return ExitCode.WrongUse;
        }

        var before = await Nft.Own.ListAsync(CancellationToken.None);
        var isPublished = false;
        handover.Withdraw();
        try
        {
            var outcome = await OutcomeAsync(stack, earlier, CancellationToken.None);
            if (outcome.Report is not { } report)
            {
                return Failed(outcome.Problems);
            }

            handover.LayReady(report);
            handover.Publish();
            isPublished = true;
            Tell(report);
            return ExitCode.Holds;
        }
        finally
        {
            // The earlier report tells of the earlier guard: nothing may start by it where that is gone.
            if (!isPublished && await Nft.Own.ListAsync(CancellationToken.None) == before)
            {
                handover.PutBack();
            }
        }
    }

    private static async Task<HoldOutcome> OutcomeAsync(StackDefinition stack, NamespaceReport? earlier, CancellationToken cancellationToken)
    {
        var carriers = CarrierPlan.Of(stack);
        return carriers.Problems.Count > 0
            ? new HoldOutcome(null, carriers.Problems)
            : await new NamespaceHold(IpRoute.Own, Nft.Own, TimeProvider.System).StandAsync(stack, carriers.Carriers, earlier, cancellationToken);
    }

    private static void Tell(NamespaceReport report) => Console.WriteLine(
        $"hold: the guard stands (uplink {report.Uplink.Name} {report.Uplink.Address}, {report.Carriers.Count} carriers, ruleset {report.RulesetSha256[..12]}).");

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
