using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Linux;

/// <summary>An advisory lock (flock(2)) on a file that may be deleted while it is held. It ends with its last holder, however that dies.</summary>
internal sealed partial class FileLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    private readonly SafeFileHandle handle;

    private FileLock(SafeFileHandle handle) => this.handle = handle;

    /// <summary>
    /// Whether programs started from here hold the lock too. Then whoever takes it after this process was killed
    /// knows that no step of it is still under way.
    /// </summary>
    public bool Inherited
    {
        set => _ = ControlDescriptor(handle, SetDescriptorFlags, value ? 0 : CloseOnExec);
    }

    /// <summary>Null when another process holds it.</summary>
    public static FileLock? TryTake(string path)
    {
        while (true)
        {
            var handle = File.OpenHandle(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (Lock(handle, Exclusive | NonBlocking) != 0)
            {
                handle.Dispose();
                return null;
            }

            // The last holder may have deleted the file between our open and our lock: then we hold nothing.
            if (!IsDeleted(handle))
            {
                RandomAccess.SetLength(handle, 0);
                RandomAccess.Write(handle, Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"), 0);
                return new FileLock(handle);
            }

            handle.Dispose();
        }
    }

    /// <summary>The pid that the holder of the lock wrote, for messages.</summary>
    public static string HolderOf(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } pid ? $"pid {pid}" : "another process";
        }
        catch (IOException)
        {
            return "another process";
        }
    }

    public void Dispose() => handle.Dispose();

    private static bool IsDeleted(SafeFileHandle handle) =>
        new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) is true;

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle handle, int operation);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlDescriptor(SafeFileHandle handle, int command, int flags);
}
