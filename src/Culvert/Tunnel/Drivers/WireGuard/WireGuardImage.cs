using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Linux;

namespace Culvert.Tunnel.Drivers.WireGuard;

/// <summary>
/// The stage between the tunnel role and wireguard-go. The program asks for root twice where it needs nothing: it sets an MTU
/// (the role has set it) and wants a socket in /var/run/wireguard (it is handed one). A filter answers "done" to these calls,
/// so that it runs as the tunnel's uid without a single capability.
/// </summary>
internal static partial class WireGuardImage
{
    public const string Stage = "wireguard";

    private const int SetDescriptorFlags = 2;
    private const uint SetInterfaceMtu = 0x8922;
    private const uint DoNotFollowLinks = 0x100;

    public static string SocketOf(string clientDirectory) => $"{clientDirectory}/wireguard.sock";

    /// <summary>The program and arguments that make this stage.</summary>
    public static IReadOnlyList<string> CommandOf(RoleFiles files) =>
        [Environment.ProcessPath!, "tunnel", "--config", files.Configuration, "--run", files.Run, "--stage", Stage];

    /// <summary>Returns only by throwing <see cref="LibcFailedException"/>, <see cref="System.ComponentModel.Win32Exception"/> or <see cref="SocketException"/>.</summary>
    public static void Become(string clientDirectory, string device)
    {
        var path = SocketOf(clientDirectory);
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(8);
        var descriptor = (int)listener.Handle;
        if (fcntl(descriptor, SetDescriptorFlags, 0) < 0)
        {
            throw new LibcFailedException("fcntl(F_SETFD)");
        }

        ProcessImage.SetEnvironment("WG_UAPI_FD", descriptor.ToString(CultureInfo.InvariantCulture));
        ProcessImage.SetEnvironment("LOG_LEVEL", "error");
        SystemCallFilter.AnswerDone(
            new SystemCallPattern(SystemCall.Ioctl, Argument: 1, SetInterfaceMtu),
            new SystemCallPattern(SystemCall.NewFStatAt, Argument: 3, DoNotFollowLinks),
            new SystemCallPattern(SystemCall.INotifyAddWatch));
        ProcessImage.Replace("wireguard-go", ["-f", device]);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);
}
