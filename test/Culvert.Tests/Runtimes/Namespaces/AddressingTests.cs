using System.Net;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class AddressingTests
{
    [Fact]
    public void Addresses_are_those_that_slirp4netns_and_docker_would_give()
    {
        var addressing = Of("172.29.7.0/24", "172.29.8.0/24");
        Assert.Equal(
            ["172.29.7.2", "172.29.7.100", "172.29.8.2", "172.29.8.3"],
            new[] { addressing.UplinkGateway, addressing.UplinkGuest, addressing.VpnOnVpnNet, addressing.AppOnVpnNet }.Select(address => $"{address}"));
    }

    [Theory]
    [InlineData("172.29.8.0/24", "10.0.2.0/24")]
    [InlineData("10.0.2.0/24", "10.0.3.0/24")]
    [InlineData("10.0.2.128/25", "10.0.3.0/24")]
    public void The_applications_own_uplink_keeps_clear_of_vpn_net(string vpnNet, string expected) =>
        Assert.Equal(expected, $"{Of("172.29.7.0/24", vpnNet).AppUplink}");

    private static Addressing Of(string uplink, string vpnNet) => new(new NetworkSettings(IPNetwork.Parse(uplink), IPNetwork.Parse(vpnNet)));
}
