using System.Net;
using Culvert.Proxy.Dial;

namespace Culvert.Tests.Proxy.Dial;

public sealed class HappyEyeballsTests
{
    private static readonly Culvert.Proxy.NamespaceAddresses Addresses = new(Culvert.Linux.InterfaceAddresses.Read, TimeProvider.System);

    [Fact]
    public void Families_alternate_with_IPv6_first()
    {
        var order = HappyEyeballs.Interleave([.. "192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::1 2001:db8::2".Split(' ').Select(IPAddress.Parse)]);
        Assert.Equal(["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"], order.Select(address => address.ToString()));
    }

    [Fact]
    public async Task An_address_that_refuses_is_followed_by_the_next_at_once()
    {
        using var origin = new Origin("127.0.0.2");
        var outcome = await Dialer().ConnectAsync([IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.2")], origin.Port, CancellationToken.None);
        Assert.True(outcome.Is(out var wire, out _));
        wire.Dispose();
    }

    [Fact]
    public async Task When_all_refuse_the_first_failure_is_told()
    {
        int port;
        using (var origin = new Origin())
        {
            port = origin.Port;
        }

        var outcome = await Dialer().ConnectAsync([IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.2")], port, CancellationToken.None);
        Assert.False(outcome.Is(out _, out var failure));
        Assert.Equal(Culvert.Proxy.ProxyFailure.ConnectionRefused, failure);
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_a_tunnel_that_is_down()
    {
        var dialer = new TunnelDialer(TunnelDevice.Of("missing0", Addresses));
        var outcome = await dialer.ConnectAsync(IPAddress.Loopback, 9, CancellationToken.None);
        Assert.False(outcome.Is(out _, out var failure));
        Assert.Equal(Culvert.Proxy.ProxyFailure.TunnelDown, failure);
    }

    [Fact]
    public async Task A_socket_bound_to_a_device_reaches_what_is_on_it()
    {
        using var origin = new Origin();
        var outcome = await new TunnelDialer(TunnelDevice.Of("lo", Addresses)).ConnectAsync(IPAddress.Loopback, origin.Port, CancellationToken.None);
        Assert.True(outcome.Is(out var wire, out var failure), failure.ToString());
        wire.Dispose();
    }

    private static HappyEyeballs Dialer() => new(new TunnelDialer(new TunnelDevice(null, () => true, () => false)), TimeProvider.System);
}
