namespace Culvert.Linux;

/// <summary>Where programs are looked for.</summary>
internal static class Programs
{
    private static readonly string[] SystemDirectories =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The caller's PATH with the system's directories after it: Debian leaves the sbin ones out for ordinary users.</summary>
    public static string SearchPath(string? callerPath)
    {
        var own = (callerPath ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(':', own.Concat(SystemDirectories).Distinct());
    }

    /// <summary>The absolute path; null when it is nowhere in <paramref name="searchPath"/>.</summary>
    public static string? Find(string program, string searchPath) =>
        searchPath.Split(':').Select(directory => Path.Combine(directory, program)).FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
}
