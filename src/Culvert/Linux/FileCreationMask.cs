using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>umask(2).</summary>
internal static partial class FileCreationMask
{
    private const uint WriteByOthers = 0x12; // 0022

    /// <summary>
    /// From now on others may read what is made here without a mode of its own, whatever the caller's mask says; what is
    /// started from here inherits it.
    /// </summary>
    public static void LetOthersRead() => _ = SetMask(WriteByOthers);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
