using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>A null-terminated array of C strings, as exec and spawn take it.</summary>
internal readonly unsafe struct NativeStrings
{
    private NativeStrings(byte*[] pointers) => Pointers = pointers;

    public byte*[] Pointers { get; }

    public static NativeStrings Of(IReadOnlyList<string> strings)
    {
        var pointers = new byte*[strings.Count + 1];
        for (var i = 0; i < strings.Count; i++)
        {
            pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        return new NativeStrings(pointers);
    }

    public void Free()
    {
        foreach (var pointer in Pointers)
        {
            Marshal.FreeCoTaskMem((nint)pointer);
        }
    }
}
