using System.CommandLine;
using Culvert.Guard;
using Culvert.Stack;
using Culvert.Tunnel;

namespace Culvert.Commands.Render;

internal static class RenderGuardCommand
{
    private const string Description = """
        Print the ruleset that hold loads into the namespace.

        Interfaces and addresses are those of the running stack; when it does not run, those that the namespaces runtime
        gives. `nft -c -f -` checks the output.

        Example:
          culvert render guard | less
        """;

    public static Command Create()
    {
        var config = StackOption.Create();
        var command = new Command("guard", Description) { config };
        command.SetAction(parsed => Print(parsed.GetRequiredValue(config)));
        return command;
    }

    private static int Print(string config)
    {
        if (StackOption.Load(config) is not { } stack)
        {
            return ExitCode.WrongUse;
        }

        var carriers = CarrierPlan.Of(stack);
        var plan = PlanOf(stack, carriers);
        var problems = carriers.Problems.Concat(plan.Problems()).ToList();
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"render guard: {problem}.");
        }

        if (problems.Count > 0)
        {
            return ExitCode.DoesNotHold;
        }

        Console.Write(Ruleset.Transaction(Ruleset.Of(plan)));
        return ExitCode.Holds;
    }

    private static NamespacePlan PlanOf(StackDefinition stack, CarrierPlan carriers)
    {
        if (ReportFile.ReadNamespace(RunDirectory.For(stack.Name).NamespaceReport) is { } report)
        {
            return NamespacePlan.Of(stack, report);
        }

        var (uplink, vpnNet) = NamespacePlan.ConventionalInterfaces(stack.Network);
        return NamespacePlan.Of(stack, uplink, vpnNet, carriers.Carriers);
    }
}
