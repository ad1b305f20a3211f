namespace Culvert.Linux;

/// <summary>Kernel parameters under <c>/proc/sys</c>, named with slashes, because an interface's name may hold a dot.</summary>
internal static class Sysctl
{
    /// <summary>The value, or null where this kernel or namespace has no such parameter.</summary>
    public static string? Read(string name)
    {
        var path = PathOf(name);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }

    /// <summary>Sets a value. Null when it was set; otherwise why not (a container's /proc/sys is read-only, for one).</summary>
    public static string? TryWrite(string name, string value)
    {
        try
        {
            File.WriteAllText(PathOf(name), value);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static string PathOf(string name) => $"/proc/sys/{name}";
}
