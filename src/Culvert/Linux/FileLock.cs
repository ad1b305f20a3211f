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
    private const int ReadWrite = 0x2;
    private const int Create = 0x40;
    private const int OpenCloseOnExec = 0x80000;
    private const uint Mode = 0x1A4; // 0644
    private const int NoSuchEntry = 2;

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
            var handle = OpenFile(path, ReadWrite | Create | OpenCloseOnExec);
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
            using var handle = OpenFile(path, OpenCloseOnExec);
            Span<byte> text = stackalloc byte[32];
            return Encoding.ASCII.GetString(text[..RandomAccess.Read(handle, text, 0)]).Trim() is { Length: > 0 } pid ? $"pid {pid}" : "another process";
        }
        catch (IOException)
        {
            return "another process";
        }
    }

    public void Dispose() => handle.Dispose();

    // Not File.OpenHandle: .NET takes a shared flock(2) of its own on every file, and throws where ours is held.
    private static SafeFileHandle OpenFile(string path, int flags)
    {
        var descriptor = Open(path, flags, Mode);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : Marshal.GetLastPInvokeError() == NoSuchEntry
                ? throw new DirectoryNotFoundException($"opening {path}: there is no such directory or file")
                : throw new IOException($"opening {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static bool IsDeleted(SafeFileHandle handle) =>
        new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) is true;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle handle, int operation);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlDescriptor(SafeFileHandle handle, int command, int flags);
}
