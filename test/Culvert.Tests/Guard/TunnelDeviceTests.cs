using Culvert.Guard;
using Culvert.Linux;
using Culvert.Tests.Linux;

namespace Culvert.Tests.Guard;

public sealed class TunnelDeviceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_made_once_persistent_and_for_the_tunnels_uid()
    {
        await using var space = await TestNamespace.CreateAsync();
        var ip = new IpRoute(space.Standpoint);
        for (var time = 0; time < 2; time++)
        {
            var interfaces = await ip.InterfacesAsync(Token);
            Assert.Null(TunnelDevice.Problem(interfaces));
            await TunnelDevice.EnsureAsync(ip, interfaces, 970, Token);
        }

        var device = Assert.Single(await ip.InterfacesAsync(Token), i => i.Name == "tun0");
        Assert.False(device.IsUp);
        Assert.Matches("user 970", await space.RunAsync("ip", "-details", "link", "show", "tun0"));
        await ip.ReplaceAddressAsync("tun0", "10.8.0.2/32", Token);
        await ip.SetLinkAsync("tun0", up: true, Token);
        Assert.True(Assert.Single(await ip.InterfacesAsync(Token), i => i.Name == "tun0").IsUp);
    }

    [Fact]
    public async Task One_that_a_client_made_since_the_look_is_left_and_another_kind_is_an_error()
    {
        await using var space = await TestNamespace.CreateAsync();
        var ip = new IpRoute(space.Standpoint);
        await space.IpAsync("tuntap add dev tun0 mode tun");
        await TunnelDevice.EnsureAsync(ip, [], 970, Token);
        Assert.DoesNotMatch("user 970", await space.RunAsync("ip", "-details", "link", "show", "tun0"));

        await space.IpAsync("link del tun0");
        await space.IpAsync("link add tun0 type veth peer name peer0");
        await Assert.ThrowsAsync<SubprocessFailedException>(() => TunnelDevice.EnsureAsync(ip, [], 970, Token));
    }

    [Theory]
    [InlineData("link add tun0 type veth peer name peer0")]
    [InlineData("tuntap add dev tun0 mode tap")]
    public async Task Another_kind_of_interface_under_its_name_is_a_problem(string made)
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.IpAsync(made);
        Assert.Contains("no tun device", TunnelDevice.Problem(await new IpRoute(space.Standpoint).InterfacesAsync(Token)));
    }
}
