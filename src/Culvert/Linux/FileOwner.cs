using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>lchown(2).</summary>
internal static partial class FileOwner
{
    /// <summary>Links are not followed.</summary>
    public static void Set(string path, int user, int group)
    {
        if (ChangeOwner(path, user, group) != 0)
        {
            throw new IOException($"giving {path} to {user}:{group}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, int user, int group);
}
