using System.Net;
using Culvert.Linux;

namespace Culvert.Verification;

/// <summary>
/// The uplink without the guard: one throw-away namespace with an interface of the same name and address, and another one
/// that answers ARP as its gateway and swallows everything. Leaks tried here are seen, or the detector is blind.
/// </summary>
internal sealed class Twin : IAsyncDisposable
{
    /// <summary>Unique local addresses (RFC 4193), so that IPv6 has a way to leave.</summary>
    private const string OwnIPv6 = "fd63:756c:7665:7274::100";
    private const string GatewayIPv6 = "fd63:756c:7665:7274::1";

    private const string GatewayInterface = "gateway0";

    private readonly ThrowawayNamespace _inside;
    private readonly ThrowawayNamespace _gateway;

    private Twin(ThrowawayNamespace inside, ThrowawayNamespace gateway)
    {
        _inside = inside;
        _gateway = gateway;
    }

    public Standpoint Standpoint => _inside.Standpoint;

    public static async Task<Twin> CreateAsync(
        string uplink, IPAddress address, IPAddress gateway, CancellationToken cancellationToken)
    {
        var inside = await ThrowawayNamespace.CreateAsync("the twin", cancellationToken);
        try
        {
            var other = await ThrowawayNamespace.CreateAsync("the twin's gateway", cancellationToken);
            var twin = new Twin(inside, other);
            try
            {
                await twin.ConnectAsync(uplink, address, gateway, cancellationToken);
                return twin;
            }
            catch
            {
                await other.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await inside.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _inside.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    // The own address is a /32 and everything goes by the gateway: a neighbour that does not exist would only be asked
    // for by ARP, and the try itself would never be seen.
    private async Task ConnectAsync(string uplink, IPAddress address, IPAddress gateway, CancellationToken cancellationToken)
    {
        var ipv6 = Directory.Exists("/proc/sys/net/ipv6");
        if (ipv6)
        {
            await AllowIPv6Async(_inside.Standpoint, cancellationToken);
            await AllowIPv6Async(_gateway.Standpoint, cancellationToken);
        }

        await BatchAsync(_inside.Standpoint, cancellationToken,
            $"link add {uplink} type veth peer name {GatewayInterface} netns {_gateway.HolderId}");
        await BatchAsync(_gateway.Standpoint, cancellationToken,
            $"address add {gateway}/32 dev {GatewayInterface}",
            ipv6 ? $"address add {GatewayIPv6}/64 dev {GatewayInterface} nodad" : "",
            $"link set {GatewayInterface} up",
            $"route add {address}/32 dev {GatewayInterface}");
        await BatchAsync(_inside.Standpoint, cancellationToken,
            "link set lo up",
            $"address add {address}/32 dev {uplink}",
            ipv6 ? $"address add {OwnIPv6}/64 dev {uplink} nodad" : "",
            $"link set {uplink} up",
            $"route add {gateway}/32 dev {uplink}",
            $"route add default via {gateway} dev {uplink}",
            ipv6 ? $"route add ::/0 via {GatewayIPv6} dev {uplink}" : "");
        // Without its answers by ARP the tries do not leave, and the detector looks blind.
        await new IpRoute(_gateway.Standpoint).WaitUntilRunningAsync(GatewayInterface, cancellationToken);
    }

    private static async Task BatchAsync(Standpoint at, CancellationToken cancellationToken, params string[] lines) =>
        await at.RequireAsync("ip", ["-batch", "-"], cancellationToken, string.Join('\n', lines.Where(line => line.Length > 0)) + "\n");

    private static async Task AllowIPv6Async(Standpoint at, CancellationToken cancellationToken) => await at.RequireAsync(
        "tee", ["/proc/sys/net/ipv6/conf/all/disable_ipv6", "/proc/sys/net/ipv6/conf/default/disable_ipv6"], cancellationToken, "0\n");
}
