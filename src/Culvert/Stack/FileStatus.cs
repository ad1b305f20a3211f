using System.Runtime.InteropServices;

namespace Culvert.Stack;

internal enum FileKind
{
    Missing,
    Regular,
    Directory,

    /// <summary>A pipe, a device or a socket: opening one can wait forever, reading one need not end.</summary>
    Special,
}

/// <summary>What a path names, links followed, without opening it. Null where it may not be looked at.</summary>
internal sealed partial record FileStatus(FileKind Kind, UnixFileMode Mode, long Size)
{
    private const int CurrentDirectory = -100;
    private const uint BasicStats = 0x7ff;
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;
    private const int NameTooLong = 36;
    private const int TooManyLinks = 40;
    private const ushort TypeMask = 0xf000;
    private const ushort DirectoryType = 0x4000;
    private const ushort RegularType = 0x8000;

    public static FileStatus? Of(string path)
    {
        var status = default(StatX);
        if (ReadStatus(CurrentDirectory, path, 0, BasicStats, ref status) == 0)
        {
            return new FileStatus(KindOf(status.Mode), (UnixFileMode)(status.Mode & 0xfff), (long)status.Size);
        }

        return Marshal.GetLastPInvokeError() is NoSuchFile or NotADirectory or NameTooLong or TooManyLinks
            ? new FileStatus(FileKind.Missing, UnixFileMode.None, 0)
            : null;
    }

    private static FileKind KindOf(ushort mode) => (mode & TypeMask) switch
    {
        RegularType => FileKind.Regular,
        DirectoryType => FileKind.Directory,
        _ => FileKind.Special,
    };

    // .NET knows no pipes or devices; statx(2) is the stat call whose layout is the same on every architecture.
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ReadStatus(int directory, string path, int flags, uint mask, ref StatX status);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatX
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(40)]
        public ulong Size;
    }
}
