using System.Collections.Immutable;
using System.Net;
using Culvert.Linux;
using Culvert.Proxy;
using Culvert.Proxy.Policy;
using Culvert.Stack;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Proxy.Policy;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.0")]
    [InlineData("100.127.255.255")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.168.255.255")]
    [InlineData("198.19.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::7f00:1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2a00::5efe:127.0.0.1")]
    [InlineData("2a00::200:5efe:10.0.0.1")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("203.0.113.200")]
    [InlineData("203.0.113.129")]
    [InlineData("172.30.98.7")]
    [InlineData("2a01:db8::99")]
    public void Fault_39_is_not_public(string address) => Assert.False(Policy().Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("198.17.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    [InlineData("2606:4700::1111")]
    public void Is_public(string address) => Assert.True(Policy().Allows(IPAddress.Parse(address)));

    private static AddressPolicy Policy()
    {
        var network = new NetworkSettings(IPNetwork.Parse("172.30.97.0/24"), IPNetwork.Parse("172.30.98.0/24"));
        ImmutableArray<InterfaceAddress> own =
        [
            new("tun0", IPAddress.Parse("203.0.113.130"), 25),
            new("tun0", IPAddress.Parse("2a01:db8::1"), 64),
            new("wide0", IPAddress.Parse("64.0.0.1"), 1),
        ];
        var addresses = new NamespaceAddresses(() => own, TimeProvider.System);
        return new AddressPolicy(ForbiddenRanges.Default, new OwnNetworks(network, addresses).Current);
    }

    [Fact]
    public void A_tunnel_that_comes_back_with_another_address_is_known_after_a_second()
    {
        var time = new FakeTimeProvider();
        var tunnel = IPAddress.Parse("198.51.100.1");
        var addresses = new NamespaceAddresses(() => [new InterfaceAddress("tun0", tunnel, 32)], time);
        var policy = new AddressPolicy([], new OwnNetworks(new NetworkSettings(IPNetwork.Parse("172.30.97.0/24"), IPNetwork.Parse("172.30.98.0/24")), addresses).Current);
        Assert.False(policy.Allows(IPAddress.Parse("198.51.100.1")));
        tunnel = IPAddress.Parse("198.51.100.2");
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(policy.Allows(IPAddress.Parse("198.51.100.1")));
        Assert.False(policy.Allows(IPAddress.Parse("198.51.100.2")));
    }

    [Fact]
    public void The_interfaces_of_this_machine_can_be_read()
    {
        var loopback = InterfaceAddresses.Read().Single(own => own.Address.Equals(IPAddress.Loopback));
        Assert.Equal(new InterfaceAddress("lo", IPAddress.Loopback, 8), loopback);
        Assert.True(NetworkInterfaceFlags.IsRunning("lo"));
        Assert.False(NetworkInterfaceFlags.IsRunning("missing0"));
    }
}
