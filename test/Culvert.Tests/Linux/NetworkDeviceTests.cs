using System.Net;
using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class NetworkDeviceTests
{
    [Fact]
    public async Task Tells_index_state_and_address()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.IpAsync("link add eth0 index 77 type veth peer name peer0", "address add 192.0.2.1/24 dev eth0");
        Assert.Equal((77, false, false, IPAddress.Parse("192.0.2.1"), 1500), space.Inside(() => NetworkDevice.Find("eth0")) is { } down ? (down.Index, down.Up, down.Running, down.Address, down.Mtu) : default);
        await space.IpAsync("link set eth0 up");
        Assert.Equal((true, false), space.Inside(() => NetworkDevice.Find("eth0")) is { } half ? (half.Up, half.Running) : default);
        await space.IpAsync("link set peer0 up");
        await space.WaitUntilRunningAsync("eth0");
        Assert.Equal((true, true), space.Inside(() => NetworkDevice.Find("eth0")) is { } whole ? (whole.Up, whole.Running) : default);
        Assert.Null(space.Inside(() => NetworkDevice.Find("eth1")));
        Assert.Null(space.Inside(() => NetworkDevice.Find("peer0"))?.Address);
    }

    [Fact]
    public async Task Addresses_come_with_their_prefix_and_the_far_end_of_a_tunnel_alone()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.IpAsync("tuntap add dev tun0 mode tun", "address add 10.8.0.6 peer 10.8.0.5/32 dev tun0", "link add eth0 type veth peer name peer0", "address add 192.0.2.1/25 dev eth0", "address add fd00::1/64 dev eth0 nodad");
        Assert.Equal(
            ["eth0 192.0.2.1/25", "eth0 fd00::1/64", "lo 127.0.0.1/8", "lo ::1/128", "tun0 10.8.0.5/32", "tun0 10.8.0.6/32"],
            space.Inside(InterfaceAddresses.Read).Select(entry => $"{entry.Interface} {entry.Address}/{entry.PrefixLength}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Loopback_runs_and_a_missing_interface_does_not()
    {
        Assert.True(NetworkInterfaceFlags.IsRunning("lo"));
        Assert.False(NetworkInterfaceFlags.IsRunning("nothing0"));
    }
}
