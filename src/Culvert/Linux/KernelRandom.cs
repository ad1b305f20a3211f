using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>getrandom(2). .NET's own RandomNumberGenerator asks OpenSSL, and loading that costs the proxy 3.7 MB and three milliseconds of its start.</summary>
internal static partial class KernelRandom
{
    private const int MostAtOnce = 256;

    /// <summary>Fills up to 256 bytes with what nobody can guess; so many come whole (getrandom(2)).</summary>
    public static void Fill(Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MostAtOnce);
        if (GetRandom(bytes, (nuint)bytes.Length, 0) != bytes.Length)
        {
            throw new LibcFailedException("getrandom");
        }
    }

    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    public static ushort UInt16()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        Fill(bytes);
        return MemoryMarshal.Read<ushort>(bytes);
    }

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint GetRandom(Span<byte> into, nuint length, uint flags);
}
