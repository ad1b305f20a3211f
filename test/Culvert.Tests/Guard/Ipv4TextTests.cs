using System.Net;
using CsCheck;
using Culvert.Guard;

namespace Culvert.Tests.Guard;

public sealed class Ipv4TextTests
{
    [Theory]
    [InlineData("1.2.3.4", true)]
    [InlineData("1.2.3", false)]
    [InlineData("1.2.3.04", false)]
    [InlineData("0x1.2.3.4", false)]
    [InlineData("::1", false)]
    [InlineData("1.2.3.4 ", false)]
    [InlineData("", false)]
    public void Only_dotted_decimal_is_an_address(string text, bool expected) => Assert.Equal(expected, Ipv4Text.IsAddress(text));

    [Theory]
    [InlineData("172.30.97.100", 24, "172.30.97.0/24")]
    [InlineData("172.30.97.100", 32, "172.30.97.100/32")]
    [InlineData("172.30.97.100", 0, "0.0.0.0/0")]
    [InlineData("172.30.97.100", 30, "172.30.97.100/30")]
    public void A_network_is_what_the_prefix_leaves_of_an_address(string address, int prefix, string network) =>
        Assert.Equal(network, Ipv4Text.NetworkOf(address, prefix).ToString());

    [Fact]
    public void An_address_is_in_its_own_network() => Gen.Select(Gen.UInt, Gen.Int[0, 32]).Sample((bits, prefix) =>
    {
        var address = new IPAddress(bits);
        return Ipv4Text.NetworkOf(address.ToString(), prefix).Contains(address);
    });

    [Fact]
    public void Hosts_are_counted_across_octets() => Assert.Equal("10.0.1.44", IPNetwork.Parse("10.0.0.0/16").Host(300));
}
