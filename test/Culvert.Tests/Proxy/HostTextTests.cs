using System.Net;
using System.Text;
using Culvert.Proxy;

namespace Culvert.Tests.Proxy;

public sealed class HostTextTests
{
    [Theory]
    [InlineData("1.2.3.4", "1.2.3.4")]
    [InlineData("1.2.3.4.", "1.2.3.4")]
    [InlineData("127.1", "127.0.0.1")]
    [InlineData("10.1.2", "10.1.0.2")]
    [InlineData("2130706433", "127.0.0.1")]
    [InlineData("0x7f000001", "127.0.0.1")]
    [InlineData("0X7F.0x1", "127.0.0.1")]
    [InlineData("017700000001", "127.0.0.1")]
    [InlineData("0", "0.0.0.0")]
    [InlineData("00.0.0.00", "0.0.0.0")]
    [InlineData("::1", "::1")]
    [InlineData("[2001:DB8::1]", "2001:db8::1")]
    [InlineData("[::ffff:10.0.0.1]", "10.0.0.1")]
    public void What_inet_aton_takes_is_an_address(string host, string expected)
    {
        var destination = Destination.Parse(Encoding.ASCII.GetBytes(host), 443);
        Assert.NotNull(destination);
        Assert.Null(destination.Name);
        Assert.Equal(IPAddress.Parse(expected), destination.Address);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.1")]
    [InlineData("4294967296")]
    [InlineData("08")]
    [InlineData("a.1")]
    [InlineData("a.0x1")]
    [InlineData("1..2")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[127.0.0.1]")]
    [InlineData("::/0")]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData("a@b")]
    public void What_is_neither_name_nor_address_is_refused(string host) =>
        Assert.Null(Destination.Parse(Encoding.Latin1.GetBytes(host), 443));

    [Fact]
    public void Names_are_bounded_as_DNS_bounds_them()
    {
        Assert.Equal("a-b_c.example", Destination.Parse("A-b_C.Example."u8, 443)?.Name);
        var label = new string('a', 63);
        Assert.NotNull(Destination.Parse(Encoding.ASCII.GetBytes($"{label}.{label}.{label}.{label[..61]}"), 443));
        Assert.Null(Destination.Parse(Encoding.ASCII.GetBytes($"{label}.{label}.{label}.{label[..62]}"), 443));
        Assert.Null(Destination.Parse(Encoding.ASCII.GetBytes($"{label}a.test"), 443));
    }

    [Fact]
    public void A_destination_does_not_print_itself() =>
        Assert.DoesNotContain("canary", $"{Destination.Parse("canary.test"u8, 443)}", StringComparison.Ordinal);
}
