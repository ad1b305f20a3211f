using System.CommandLine;

namespace Culvert.Commands;

/// <summary>The <c>--run DIR</c> option of every role.</summary>
internal static class RoleOption
{
    public static Option<string> CreateRun() => new("--run")
    {
        Description = "Where the roles of the stack keep what they tell each other.",
        HelpName = "DIR",
        Required = true,
    };
}
