using System.CommandLine;

namespace Culvert.Commands;

/// <summary>The <c>--json</c> option of every command that prints something for people.</summary>
internal static class JsonOption
{
    public static Option<bool> Create() => new("--json")
    {
        Description = "Print JSON for programs instead of text for people.",
    };
}
