using System.Runtime.InteropServices;

namespace Culvert.Lab.Sandboxing;

/// <summary>
/// Pid 1 of a sandbox or a machine. It makes the mounts private and then waits for the end of its input: when the program
/// that made it dies, however it dies, the kernel closes the pipe, pid 1 ends, and every process, interface and mount of it goes too.
/// </summary>
internal static partial class SandboxInit
{
    public const string Ready = "ready";
    private const int SigChld = 17;

    /// <summary>Lays an overlay over each of <paramref name="overlays"/>, kept in memory, then a fresh /run and a /sys of this network namespace.</summary>
    public static int Run(IReadOnlyList<string> overlays)
    {
        // With SIGCHLD ignored the kernel reaps orphans by itself. Nothing is started from here, so nothing inherits it.
        SetHandler(SigChld, 1);
        // The upper layers lie in a tmpfs of this machine alone: two overlays with one upper layer lose files (ESTALE).
        Mount("tmpfs", "/run", "tmpfs", "mode=755");
        foreach (var folder in overlays)
        {
            Overlay(folder);
        }

        if (overlays.Count > 0)
        {
            Mount("tmpfs", "/run", "tmpfs", "mode=755");
        }

        Mount("sysfs", "/sys", "sysfs", null);
        Console.WriteLine(Ready);
        while (Console.In.Read() >= 0)
        {
            // Nothing is ever sent; only the end of input matters.
        }

        return 0;
    }

    private static void Overlay(string folder)
    {
        var layers = $"/run/overlay{folder}";
        var upper = Directory.CreateDirectory($"{layers}/upper").FullName;
        var work = Directory.CreateDirectory($"{layers}/work").FullName;
        Mount("overlay", folder, "overlay", $"lowerdir={folder},upperdir={upper},workdir={work}");
    }

    private static void Mount(string source, string target, string kind, string? options)
    {
        if (Mount(source, target, kind, 0, options) != 0)
        {
            throw new LabException($"mounting {kind} on {target} in the lab: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string kind, nuint flags, string? options);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint SetHandler(int signal, nint handler);
}
