using System.Net;
using CsCheck;
using Culvert.Guard;
using Culvert.Linux;
using Culvert.Tests.Linux;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Guard;

public sealed class RefusalTests
{
    // What the kernel sent when uid 1000 asked 8.8.8.8 for a name: nlmsghdr, nfgenmsg with group 5, attributes, each padded to 4 bytes.
    private static readonly byte[] Datagram = Message(0x400, [2, 0, 0, 5,
        .. Attribute(1, [0x08, 0x00, 3, 0]), .. Attribute(10, [.. "culvert refused \0"u8]), .. Attribute(5, [0, 0, 0, 2]), .. Attribute(11, [0, 0, 3, 232]),
        .. Attribute(9, Frames.IPv4(FrameHeader.Udp, "172.30.97.10", "8.8.8.8", Frames.Ports(40000, 53)))]);

    [Fact]
    public void A_refused_packet_has_its_owner_and_where_it_was_to_go() => Assert.Equal(
        new Refusal(1000, FrameHeader.Udp, IPAddress.Parse("8.8.8.8"), 53),
        Refusal.Of(Assert.Single(NetfilterLog.Parse(Datagram))));

    [Fact]
    public void Of_two_messages_in_one_datagram_both_are_read() => Assert.Equal(2, NetfilterLog.Parse([.. Datagram, .. Datagram]).Count);

    [Fact]
    public void What_another_rule_logs_is_no_refusal() => Assert.Null(Refusal.Of(new LoggedPacket("somebody's ", 1, FrameHeader.IPv4Type, [])));

    [Theory]
    [InlineData(1000u, FrameHeader.Udp, "8.8.8.8", 53, "refused UDP to 8.8.8.8:53 from uid 1000")]
    [InlineData(0u, FrameHeader.Tcp, "2001:db8::1", 443, "refused TCP to [2001:db8::1]:443 from uid 0")]
    [InlineData(null, FrameHeader.IcmpV6, "ff02::2", 0, "refused ICMPv6 to ff02::2")]
    [InlineData(7u, (byte)132, "192.0.2.1", 0, "refused protocol 132 to 192.0.2.1 from uid 7")]
    [InlineData(null, null, null, 0, "refused a packet to somewhere")]
    public void It_is_told_in_a_sentence(uint? uid, byte? protocol, string? destination, int port, string sentence) =>
        Assert.Equal(sentence, $"{new Refusal(uid, protocol, destination is null ? null : IPAddress.Parse(destination), (ushort)port)}");

    [Fact]
    public void Whatever_comes_nothing_is_thrown_and_what_is_cut_is_passed_over() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        foreach (var packet in NetfilterLog.Parse(bytes).Concat(NetfilterLog.Parse([.. Datagram.AsSpan(0, bytes.Length % Datagram.Length), .. bytes])))
        {
            _ = $"{Refusal.Of(packet)}";
        }
    });

    [Fact]
    public void The_same_is_told_once_a_minute_and_twenty_different_ones_at_most()
    {
        var time = new FakeTimeProvider();
        var said = new List<string>();
        var events = new RefusalEvents(time, said.Add);
        var one = new Refusal(1, FrameHeader.Udp, IPAddress.Loopback, 0);
        events.Take(one);
        events.Take(one);
        Assert.Equal("the guard refused UDP to 127.0.0.1 from uid 1", Assert.Single(said));
        for (ushort port = 1; port < 1000; port++)
        {
            events.Take(one with { Port = port });
        }

        Assert.Equal(21, said.Count);
        Assert.StartsWith("the guard refuses more than 20 different things a minute; its counters have them all", said[20], StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        events.Take(one);
        Assert.Equal(22, said.Count);
    }

    private static byte[] Message(ushort type, byte[] body) => [.. BitConverter.GetBytes(16 + body.Length), .. BitConverter.GetBytes(type), .. new byte[10], .. body];

    private static byte[] Attribute(ushort type, byte[] value) =>
        [.. BitConverter.GetBytes((ushort)(4 + value.Length)), .. BitConverter.GetBytes(type), .. value, .. new byte[(4 - (value.Length % 4)) % 4]];
}
