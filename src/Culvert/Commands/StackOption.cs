using System.CommandLine;
using Culvert.Stack;

namespace Culvert.Commands;

/// <summary>The <c>--config FILE</c> option, and what every command does with it: load, print findings, go on or end with <see cref="ExitCode.WrongUse"/>.</summary>
internal static class StackOption
{
    public const string DefaultPath = "culvert.yaml";

    public static Option<string> Create() => new("--config", "-c")
    {
        Description = "The configuration of the stack.",
        HelpName = "FILE",
        DefaultValueFactory = _ => DefaultPath,
    };

    /// <summary>Loads on the host. Null after the findings were printed: the caller ends with <see cref="ExitCode.WrongUse"/>.</summary>
    public static StackDefinition? Load(string path) => Report(StackLoader.Load(path));

    /// <summary>Loads inside a role, whose secrets lie in <paramref name="secretsDirectory"/>. Null as in <see cref="Load"/>.</summary>
    public static StackDefinition? LoadForRole(string path, string secretsDirectory) =>
        Report(StackLoader.LoadForRole(path, secretsDirectory));

    private static StackDefinition? Report(StackLoad load)
    {
        FindingPrinter.Print(load.Findings, Console.Error, Terminal.ErrorTakesColour);
        return load.Stack;
    }
}
