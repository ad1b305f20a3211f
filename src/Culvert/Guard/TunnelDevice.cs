using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>
/// The persistent tun0, which the tunnel role's client opens without capabilities because its user and group own it. A client
/// that makes its own (AdGuard's) has its there when hold runs again; it goes with that client.
/// </summary>
internal static class TunnelDevice
{
    /// <summary>Why the interface that is named tun0 already cannot be used; null when it can, or is not there.</summary>
    public static string? Problem(IReadOnlyList<IpInterface> interfaces) =>
        Find(interfaces) is not { } device || device.Link is { Kind: "tun", Data.Type: "tun" }
            ? null
            : $"an interface named {Role.TunnelInterface} is there that is no tun device; remove it (`ip link del {Role.TunnelInterface}`), and hold makes its own";

    public static async Task EnsureAsync(IpRoute ip, IReadOnlyList<IpInterface> interfaces, int uid, CancellationToken cancellationToken)
    {
        if (Find(interfaces) is not null)
        {
            return;
        }

        try
        {
            await ip.AddTunAsync(Role.TunnelInterface, uid, Role.Tunnel.Uid, cancellationToken);
        }
        catch (SubprocessFailedException)
        {
            // A client that makes its own may have done so since the look.
            var now = await ip.InterfacesAsync(cancellationToken);
            if (Find(now) is null || Problem(now) is not null)
            {
                throw;
            }
        }
    }

    private static IpInterface? Find(IReadOnlyList<IpInterface> interfaces) =>
        interfaces.FirstOrDefault(i => i.Name == Role.TunnelInterface);
}
