using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Linux;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Dial;

/// <summary>The device that dials are bound to, and what is known of it. Tests on loopback bind to none.</summary>
internal sealed record TunnelDevice(string? Name, Func<bool> IsUp, Func<bool> HasIPv6)
{
    private const int SolSocket = 1;
    private const int SoBindToDevice = 25;
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private readonly byte[]? _name = Name is null ? null : Encoding.ASCII.GetBytes(Name + '\0');

    /// <summary>Whatever the socket sends leaves through the device, or not at all, even without the guard. Throws <see cref="SocketException"/>.</summary>
    public void Bind(ReactorSocket socket)
    {
        if (_name is { } name && socket.Use(descriptor => SocketCalls.SetOption(descriptor, SolSocket, SoBindToDevice, name), 0) is < 0 and var error)
        {
            throw Errno.Exception(error);
        }
    }

    public static TunnelDevice Of(string name, NamespaceAddresses addresses) => new(
        name,
        () => NetworkInterfaceFlags.IsRunning(name),
        () => addresses.Current().Any(own => own.Interface == name && GlobalUnicast.Contains(own.Address)));
}
