using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>Gives up root inside this process, so that a program that others may not read or execute can still do it.</summary>
internal static partial class UserIdentity
{
    /// <summary>Nobody, as Debian numbers it: no file and no role of the stack belongs to it.</summary>
    public const int Nobody = 65534;

    /// <summary>Changes uid and gid of every thread (glibc signals them all) and leaves every group; root's capabilities go with them.</summary>
    public static void Become(int id)
    {
        if (SetGroups(0, 0) != 0 || SetResGid(id, id, id) != 0 || SetResUid(id, id, id) != 0)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            throw new InvalidOperationException($"becoming uid {id} failed: {error}; this needs root");
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial int EffectiveUid();

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nint size, nint list);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    private static partial int SetResGid(int real, int effective, int saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    private static partial int SetResUid(int real, int effective, int saved);
}
