using Culvert.Stack;

namespace Culvert.Commands;

/// <summary>Prints findings for people, one a line; <c>file:line:column:</c> comes first so that editors can jump there.</summary>
internal static class FindingPrinter
{
    /// <summary>A hostile file can hold a problem a byte; nobody reads past a screen or two of them.</summary>
    public const int MostPrinted = 100;

    public static void Print(IReadOnlyList<Finding> findings, TextWriter output, bool colour)
    {
        var (bold, plain) = colour ? ("\e[1m", "\e[0m") : ("", "");
        foreach (var finding in findings.Take(MostPrinted))
        {
            output.WriteLine(
                $"{bold}{finding.File}:{finding.Line}:{finding.Column}:{plain} {finding.What}, {finding.Why}, {finding.Fix}");
        }

        if (findings.Count > MostPrinted)
        {
            output.WriteLine($"… and {findings.Count - MostPrinted} more.");
        }
    }
}
