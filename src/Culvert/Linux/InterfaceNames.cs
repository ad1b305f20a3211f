using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>The interfaces of the network namespace that this process stands in, by index (if_nameindex(3)); /sys would show another one's.</summary>
internal static partial class InterfaceNames
{
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public uint Index;
        public nint Name;
    }

    public static unsafe IReadOnlyDictionary<int, string> Read()
    {
        var first = NameIndex();
        if (first == null)
        {
            throw new IOException($"listing the interfaces failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            var names = new Dictionary<int, string>();
            for (var entry = first; entry->Index != 0; entry++)
            {
                names[(int)entry->Index] = Marshal.PtrToStringUTF8(entry->Name)!;
            }

            return names;
        }
        finally
        {
            FreeNameIndex(first);
        }
    }

    [LibraryImport("libc", EntryPoint = "if_nameindex", SetLastError = true)]
    private static unsafe partial Entry* NameIndex();

    [LibraryImport("libc", EntryPoint = "if_freenameindex")]
    private static unsafe partial void FreeNameIndex(Entry* first);
}
