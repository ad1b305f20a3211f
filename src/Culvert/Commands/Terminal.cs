namespace Culvert.Commands;

/// <summary>What the terminal, if there is one, can do. NO_COLOR: https://no-color.org.</summary>
internal static class Terminal
{
    public static bool ErrorTakesColour => !Console.IsErrorRedirected && ColourWanted;

    public static bool OutputTakesColour => !Console.IsOutputRedirected && ColourWanted;

    /// <summary>A person sits at both ends, so a question will be seen and can be answered.</summary>
    public static bool IsInteractive => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    private static bool ColourWanted =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}
