namespace Culvert.Runtimes.Namespaces;

/// <summary>Where a path leads. The last part may be a link, and so may any directory on the way (/var/run).</summary>
internal static class RealPath
{
    public static string Of(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        var here = Path.Combine(Of(parent), Path.GetFileName(path));
        return new FileInfo(here).LinkTarget is { } target
            ? Of(Path.GetFullPath(target, Path.GetDirectoryName(here)!))
            : here;
    }
}
