using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>Becoming another program: same process id, same environment, no way back.</summary>
internal static partial class Exec
{
    // Daemons live in sbin, which a role's PATH need not name.
    private static readonly string[] SystemDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>The program's file, searched in PATH and then in the system's directories; null when it is nowhere.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(SystemDirectories)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Replaces this process by the file. Returns only by throwing <see cref="LibcFailedException"/>.</summary>
    public static void Become(string file, IReadOnlyList<string> arguments)
    {
        _ = execv(file, [Path.GetFileName(file), .. arguments, null]);
        throw new LibcFailedException($"execve({file})");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execv(string file, string?[] arguments);
}
