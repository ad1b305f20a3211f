using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>Reads the files of a profile: bounded, and every failure is a sentence without content.</summary>
internal static class OpenVpnFiles
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Null with a problem that says why; at most <see cref="OpenVpnProfile.LargestFile"/> bytes.</summary>
    public static byte[]? Read(string path, out string? problem)
    {
        try
        {
            // Opening a pipe would wait for a writer for ever, and a profile may name one.
            problem = FileStatus.Of(path) is not { Kind: not FileKind.Missing } status ? "there is no such file; check its name"
                : status.Kind != FileKind.Regular ? "it is not an ordinary file; check its name"
                : status.Size > OpenVpnProfile.LargestFile ? "it is larger than 1 MiB, so it is hardly what it should be; check its name"
                : null;
            return problem is null ? ReadBounded(path, out problem) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"cannot be read: {e.GetType().Name}; check its name and its permissions";
            return null;
        }
    }

    public static bool OthersMayRead(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    // Not by the announced length: of a device or a growing file that is not the truth.
    private static byte[]? ReadBounded(string path, out string? problem)
    {
        using var stream = File.OpenRead(path);
        var buffer = new byte[OpenVpnProfile.LargestFile + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        problem = length > OpenVpnProfile.LargestFile ? "it is larger than 1 MiB, so it is hardly what it should be; check its name" : null;
        return problem is null ? buffer[..length] : null;
    }
}
