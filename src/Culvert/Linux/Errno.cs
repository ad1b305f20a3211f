using System.Net.Sockets;

namespace Culvert.Linux;

/// <summary>Errors of errno(3) that this program tells apart. Calls return them negated, as the kernel does.</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int BadDescriptor = 9;
    public const int InvalidArgument = 22;
    public const int MessageTooLong = 90;
    public const int InProgress = 115;
    public const int Already = 114;
    public const int IsConnected = 106;

    /// <summary>As an exception; <paramref name="result"/> is a negated errno.</summary>
    public static SocketException Exception(long result) => new((int)ErrorOf((int)-result));

    private static SocketError ErrorOf(int errno) => errno switch
    {
        1 or 13 => SocketError.AccessDenied,
        Interrupted => SocketError.Interrupted,
        9 or 88 => SocketError.NotSocket,
        TryAgain => SocketError.WouldBlock,
        12 or 105 => SocketError.NoBufferSpaceAvailable,
        14 => SocketError.Fault,
        19 => SocketError.NetworkDown, // ENODEV: the device to bind to is not there
        InvalidArgument => SocketError.InvalidArgument,
        23 or 24 => SocketError.TooManyOpenSockets,
        32 => SocketError.Shutdown,
        95 => SocketError.OperationNotSupported,
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        IsConnected => SocketError.IsConnected,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        Already => SocketError.AlreadyInProgress,
        InProgress => SocketError.InProgress,
        _ => SocketError.SocketError,
    };
}
