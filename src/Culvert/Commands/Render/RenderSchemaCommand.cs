using System.CommandLine;
using Culvert.Stack.Keys;

namespace Culvert.Commands.Render;

internal static class RenderSchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", """
            Print the JSON Schema of culvert.yaml, for editors.

            `culvert init` writes it beside the configuration already.

            Example:
              culvert render schema > culvert.schema.json
            """);
        command.SetAction(_ =>
        {
            Console.Out.Write(StackJsonSchema.Render());
            return ExitCode.Holds;
        });
        return command;
    }
}
