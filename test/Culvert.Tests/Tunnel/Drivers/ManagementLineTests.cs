using System.Net;
using CsCheck;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tests.Tunnel.Drivers;

public sealed class ManagementLineTests
{
    public static TheoryData<string, object> Lines => new()
    {
        { ">HOLD:Waiting for hold release:0", new ManagementLine.Hold() },
        { ">STATE:1700000000,CONNECTED,SUCCESS,10.8.1.2,203.0.113.11,1194,192.0.2.10,40000", new ManagementLine.State("CONNECTED", "SUCCESS", IPAddress.Parse("10.8.1.2")) },
        { ">STATE:1700000000,TCP_CONNECT,,,,,,", new ManagementLine.State("TCP_CONNECT", "", null) },
        { ">STATE:1700000000,EXITING,tls-error", new ManagementLine.State("EXITING", "tls-error", null) },
        { ">STATE:1700000000", new ManagementLine.Other() },
        { ">BYTECOUNT:1234,5678", new ManagementLine.ByteCount(1234, 5678) },
        { ">BYTECOUNT:-1,5", new ManagementLine.Other() },
        { ">BYTECOUNT:99999999999999999999,5", new ManagementLine.Other() },
        { ">LOG:1700000000,W,WARNING: a, b, c", new ManagementLine.Log("W", "WARNING: a, b, c") },
        { ">LOG:1700000000", new ManagementLine.Other() },
        { ">PASSWORD:Need 'Auth' username/password", new ManagementLine.PasswordNeeded("Auth") },
        { ">PASSWORD:Need 'Private Key' password", new ManagementLine.PasswordNeeded("Private Key") },
        { ">PASSWORD:Verification Failed: 'Auth'", new ManagementLine.PasswordRefused("Auth") },
        { ">PASSWORD:Auth-Token:secret", new ManagementLine.Other() },
        { ">PASSWORD:Need 'Auth", new ManagementLine.Other() },
        { ">FATAL:Cannot open TUN/TAP dev", new ManagementLine.Fatal("Cannot open TUN/TAP dev") },
        { "ERROR: unknown command", new ManagementLine.CommandFailed("unknown command") },
        { "SUCCESS: real-time state notification set to ON", new ManagementLine.Other() },
        { "no colon", new ManagementLine.Other() },
        { "", new ManagementLine.Other() },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_is_read_as_what_it_says(string line, object expected) => Assert.Equal(expected, ManagementLine.Parse(line));

    [Theory]
    [InlineData("5")]
    [InlineData("10.8.1")]
    [InlineData("0x0a080102")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("fd00::2")]
    [InlineData("10.8.1.2 dev lo")]
    public void An_address_that_tun0_must_not_have_is_none(string address) =>
        Assert.Null(Assert.IsType<ManagementLine.State>(ManagementLine.Parse($">STATE:1,CONNECTED,SUCCESS,{address}")).TunnelAddress);

    [Fact]
    public void Any_line_is_read_as_something() => Gen.Select(
        Gen.OneOf(">STATE:", ">BYTECOUNT:", ">LOG:", ">PASSWORD:", ">PASSWORD:Need '", ">HOLD:", ">FATAL:", "ERROR", ""),
        Gen.String).Sample((start, rest) => ManagementLine.Parse(start + rest) is not null);
}
