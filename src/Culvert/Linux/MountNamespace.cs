using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Linux;

/// <summary>mount(2) and its kin. What is mounted after <see cref="Enter"/> is seen by this thread and what it becomes, and by nobody else.</summary>
internal static partial class MountNamespace
{
    private const int NewMounts = 0x00020000;
    private const uint CharacterDevice = 0x2000;

    private const int PathOnly = 0x200000;
    private const int CloseOnExec = 0x80000;
    private const int NoEntry = 2;

    private const ulong ReadOnly = 1;
    private const ulong NoSetuid = 2;
    private const ulong NoDevices = 4;
    private const ulong NoExecute = 8;
    private const ulong Remount = 32;
    private const ulong Bind = 4096;
    private const ulong Recursive = 16384;
    private const ulong Slave = 1 << 19;

    /// <summary>
    /// A mount namespace of our own. Slave rather than private: nothing gets out of it, while what the host unmounts is
    /// not kept busy by a long-lived command.
    /// </summary>
    public static void Enter()
    {
        Check(Unshare(NewMounts), "making a private mount namespace");
        Check(Mount("none", "/", null, Slave | Recursive, null), "closing the mount namespace to the outside");
    }

    /// <summary>A small empty filesystem. Devices work in it only when asked for.</summary>
    public static void Temporary(string path, bool devices = false) =>
        Check(Mount("tmpfs", path, "tmpfs", NoSetuid | NoExecute | (devices ? 0 : NoDevices), "mode=0755,size=1m"), $"mounting over {path}");

    public static void MakeReadOnly(string path) =>
        Check(Mount("none", path, null, Remount | Bind | ReadOnly | NoSetuid | NoExecute | NoDevices, null), $"making {path} read-only");

    public static void BindDirectory(string from, string to) =>
        Check(Mount(from, to, null, Bind, null), $"mounting {from} on {to}");

    /// <summary>Mounts a file, or a directory with all that is mounted in it, on another; false when there is none at <paramref name="from"/>.</summary>
    public static bool TryBind(string from, string to)
    {
        var result = Mount(from, to, null, Bind | Recursive, null);
        if (result != 0 && Marshal.GetLastPInvokeError() == NoEntry)
        {
            return false;
        }

        Check(result, $"mounting {from} on {to}");
        return true;
    }

    /// <summary>A directory to be reached, as /proc/self/fd/N, also when something is mounted over it.</summary>
    public static SafeFileHandle OpenDirectory(string path)
    {
        var handle = Open(path, PathOnly | CloseOnExec);
        Check(handle.IsInvalid ? -1 : 0, $"opening {path}");
        return handle;
    }

    /// <summary>False when it is busy or no mount: the caller leaves it.</summary>
    public static bool TryUnmount(string path) => Unmount(path, 0) == 0;

    public static void CharacterDeviceNode(string path, uint major, uint minor, uint mode, int owner)
    {
        Check(MakeNode(path, CharacterDevice | mode, (major << 8) | minor), $"making {path}");
        FileOwner.Set(path, owner, owner);
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            throw new IOException($"{what}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeNode(string path, uint mode, ulong device);
}
