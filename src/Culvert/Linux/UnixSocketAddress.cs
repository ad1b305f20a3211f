using System.Text;

namespace Culvert.Linux;

/// <summary>
/// The address of a unix socket as the kernel has it.
/// <code>
/// sockaddr_un: family 1 (host order), path of at most 107 bytes, zero
/// </code>
/// </summary>
internal static class UnixSocketAddress
{
    public const int MaximumLength = 110;
    private const ushort Unix = 1;
    private const int LongestPath = 107;

    /// <summary>The length written, or 0 for a path that is too long.</summary>
    public static int Write(Span<byte> bytes, string path)
    {
        var length = Encoding.UTF8.GetByteCount(path);
        if (length > LongestPath)
        {
            return 0;
        }

        bytes[..MaximumLength].Clear();
        BitConverter.TryWriteBytes(bytes, Unix);
        Encoding.UTF8.GetBytes(path, bytes[2..]);
        return 2 + length + 1;
    }
}
