using CsCheck;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tests.Tunnel.Drivers;

public sealed class PushReplyTests
{
    [Theory]
    [InlineData("'PUSH_REPLY,redirect-gateway def1,ping 2,ping-restart 8,ifconfig 10.8.1.2 255.255.255.0,peer-id 0,cipher AES-256-GCM,tun-mtu 1400'", 1400, 2)]
    [InlineData("'PUSH_REPLY,ping 2,ping 5'", null, 5)]
    [InlineData("'PUSH_REPLY,ping 0,tun-mtu 67'", null, null)]
    [InlineData("'PUSH_REPLY,ping 3601,tun-mtu 1601'", null, null)]
    [InlineData("'PUSH_REPLY,ping x,tun-mtu -5,ping 2 3'", null, null)]
    [InlineData("'PUSH_REPLY,'", null, null)]
    [InlineData("'PUSH_REPLY,tun-mtu 99999999999999'", null, null)]
    public void A_reply_gives_its_mtu_and_its_pings_when_they_make_sense(string reply, int? mtu, int? ping) =>
        Assert.Equal(new PushReply(mtu, ping is { } seconds ? TimeSpan.FromSeconds(seconds) : null), PushReply.Find($"PUSH: Received control message: {reply}"));

    [Fact]
    public void Another_line_is_no_reply() => Assert.Null(PushReply.Find("Initialization Sequence Completed"));

    [Fact]
    public void A_reply_in_parts_is_one_reply()
    {
        var first = PushReply.Find("'PUSH_REPLY,ping 2,tun-mtu 1400,push-continuation 2'")!;
        var second = PushReply.Find("'PUSH_REPLY,ifconfig 10.8.1.2 255.255.255.0,push-continuation 1'")!;
        Assert.Equal(first, PushReply.Nothing.With(first).With(second));
    }

    [Fact]
    public void What_any_server_says_stays_within_bounds() => Gen.String.Sample(text =>
        PushReply.Find("'PUSH_REPLY," + text) is { Mtu: null or (>= 68 and <= 1600), Ping: null or { TotalSeconds: > 0 and <= 3600 } });
}
