using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>An entry of the user database, wherever the machine keeps it (files, LDAP, …).</summary>
internal sealed unsafe partial record UserAccount(string Name, int Uid, int Gid, string Home)
{
    /// <summary>Null when the user has no entry.</summary>
    public static UserAccount? Find(int uid)
    {
        var entry = GetByUid((uint)uid);
        return entry is null
            ? null
            : new UserAccount(Text(entry->Name), uid, (int)entry->Group, Text(entry->Home));
    }

    private static string Text(byte* pointer) => Marshal.PtrToStringUTF8((nint)pointer) ?? "";

    /// <summary>struct passwd, the same in glibc and musl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public byte* Name;
        public byte* Password;
        public uint User;
        public uint Group;
        public byte* Gecos;
        public byte* Home;
        public byte* Shell;
    }

    [LibraryImport("libc", EntryPoint = "getpwuid")]
    private static partial Entry* GetByUid(uint uid);
}
