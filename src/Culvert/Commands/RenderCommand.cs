using System.CommandLine;
using Culvert.Commands.Render;

namespace Culvert.Commands;

/// <summary>The parent of everything that prints a file; each subcommand is a file in Commands/Render.</summary>
internal static class RenderCommand
{
    public static Command Create() => new("render", "Print a file that Culvert would write.")
    {
        RenderGuardCommand.Create(),
        RenderUnboundCommand.Create(),
        RenderPairCommand.CreateDante(),
        RenderPairCommand.CreateTinyproxy(),
        RenderSchemaCommand.Create(),
    };
}
