using System.CommandLine;
using Culvert.Runtimes.Compose;
using Culvert.Stack;

namespace Culvert.Commands;

internal static class HealthCommand
{
    private static readonly Role[] Roles = [Role.Hold, Role.Tunnel, Role.Resolver, Role.Proxy, Role.Status];

    public static Command Create()
    {
        var role = new Argument<string>("role") { Description = "hold, tunnel, resolver, proxy or status." };
        role.AcceptOnlyFromAmong([.. Roles.Select(known => known.Name)]);
        var run = RoleOption.CreateRun();
        var command = new Command(
            "health",
            """
            Tell whether a role does its job; for the health checks of compose.yaml.

            Run inside the role's container. Exit code 1 and a sentence when something is not as it should be.

            Example:
              docker exec vpn-tunnel culvert health tunnel --run /run/culvert
            """)
        {
            role, run,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = Roles.Single(known => known.Name == parsed.GetRequiredValue(role));
            var problem = await new RoleHealth(new RunDirectory(parsed.GetRequiredValue(run))).ProblemAsync(asked, cancellationToken);
            Console.WriteLine(problem ?? "healthy");
            return problem is null ? ExitCode.Holds : ExitCode.DoesNotHold;
        });
        return command;
    }
}
