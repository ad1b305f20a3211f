using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>The capabilities of the calling thread. The kernel keeps them per thread: only an execve right after makes them the process's.</summary>
internal static partial class Capabilities
{
    private const int SetPCap = 8;
    private const uint Version3 = 0x20080522;
    private const int PrCapBsetRead = 23;
    private const int PrCapBsetDrop = 24;
    private const int PrSetNoNewPrivs = 38;
    private const int PrCapAmbient = 47;
    private const int PrCapAmbientClearAll = 4;

    /// <summary>
    /// Gives up every capability of this thread, for good: ambient, effective, permitted and inheritable become empty,
    /// no_new_privs is set, and the bounding set is emptied where CAP_SETPCAP allows it. Returns whether it was emptied.
    /// </summary>
    public static bool GiveUpAll()
    {
        var mayDropBounding = CapabilityStatus.OfThread().Has(SetPCap);
        if (mayDropBounding)
        {
            DropBoundingSet();
        }

        Require(prctl(PrSetNoNewPrivs, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        Require(prctl(PrCapAmbient, PrCapAmbientClearAll, 0, 0, 0), "prctl(PR_CAP_AMBIENT_CLEAR_ALL)");
        var header = new Header { Version = Version3, Pid = 0 };
        Require(capset(ref header, new Data[2]), "capset(0)");
        return mayDropBounding;
    }

    private static void DropBoundingSet()
    {
        // Reading a capability that the kernel does not know gives EINVAL: the end of the list.
        for (nuint capability = 0; prctl(PrCapBsetRead, capability, 0, 0, 0) >= 0; capability++)
        {
            Require(prctl(PrCapBsetDrop, capability, 0, 0, 0), $"prctl(PR_CAPBSET_DROP, {capability})");
        }
    }

    private static void Require(int result, string call)
    {
        if (result < 0)
        {
            throw new LibcFailedException(call);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public uint Version;
        public int Pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Data
    {
        public uint Effective;
        public uint Permitted;
        public uint Inheritable;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(ref Header header, [In] Data[] data);
}
