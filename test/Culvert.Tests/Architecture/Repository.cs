using System.Runtime.CompilerServices;

namespace Culvert.Tests.Architecture;

/// <summary>Where the sources under test lie.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Source => Path.Combine(Root, "src", "Culvert");

    private static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
