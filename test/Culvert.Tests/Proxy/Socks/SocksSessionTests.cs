using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Proxy.Socks;

public sealed class SocksSessionTests
{
    private static readonly byte[] NoAuthentication = [5, 1, 0];

    [Fact]
    public async Task Connects_to_an_IPv4_address_and_relays_both_ways()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.SocksAsync();
        await client.SendAsync(NoAuthentication);
        Assert.Equal([5, 0], await client.ReadAsync(2));
        await client.SendAsync(ToAddress("127.0.0.1", origin.Port));
        var reply = await client.ReadAsync(10);
        Assert.Equal([5, 0, 0, 1, 127, 0, 0, 1], reply[..8]);

        using var server = await origin.AcceptAsync();
        Assert.Equal(((IPEndPoint)server.Socket.RemoteEndPoint!).Port, (reply[8] << 8) | reply[9]);
        await client.SendAsync("ping");
        Assert.Equal("ping", await server.ReadTextAsync(4));
        await server.SendAsync("pong");
        Assert.Equal("pong", await client.ReadTextAsync(4));
    }

    [Fact]
    public async Task Resolves_a_name_inside()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        proxy.Dns.Names["api.acme.test"] = ["127.0.0.1"];
        using var client = await proxy.SocksAsync();
        await client.SendAsync([.. NoAuthentication, .. ToName("API.acme.test.", origin.Port)]);
        Assert.Equal([5, 0, 5, 0], (await client.ReadAsync(12))[..4]);
        Assert.Equal(["api.acme.test 1"], proxy.Dns.Asked);
    }

    [Fact]
    public async Task An_IPv6_address_that_maps_IPv4_is_dialled_as_IPv4()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.SocksAsync();
        await client.SendAsync([.. NoAuthentication, .. ToAddress("::ffff:127.0.0.1", origin.Port)]);
        Assert.Equal([5, 0, 5, 0, 0, 1], (await client.ReadAsync(12))[..6]);
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    public async Task Fault_39_a_forbidden_IPv6_address_gets_reply_2(string address)
    {
        await using var proxy = new ProxyUnderTest();
        Assert.Equal(2, await RefusalAsync(proxy, ToAddress(address, 443)));
    }

    [Theory]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("::ffff:7f00:1")]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("169.254.169.254")]
    [InlineData("localhost")]
    [InlineData("a.localhost.")]
    [InlineData("172.30.98.1")]
    [InlineData("inside.test")]
    public async Task Fault_39_a_forbidden_target_in_any_spelling_gets_reply_2(string host)
    {
        await using var proxy = new ProxyUnderTest(forbidden: Culvert.Stack.ForbiddenRanges.Default);
        proxy.Dns.Names["inside.test"] = ["203.0.113.1", "10.0.0.1"];
        Assert.Equal(2, await RefusalAsync(proxy, ToName(host, 443)));
        Assert.True(host == "inside.test" || proxy.Dns.Asked.IsEmpty, "an address or localhost was sent to DNS");
    }

    [Fact]
    public async Task Fault_42_a_port_that_is_not_allowed_gets_reply_2()
    {
        await using var proxy = new ProxyUnderTest(ports: [443]);
        Assert.Equal(2, await RefusalAsync(proxy, ToAddress("127.0.0.1", 25)));
    }

    [Theory]
    [InlineData(2, 7)]
    [InlineData(9, 7)]
    public async Task Fault_46_other_commands_get_reply_7(byte command, byte reply)
    {
        await using var proxy = new ProxyUnderTest();
        var request = ToAddress("127.0.0.1", 443);
        request[1] = command;
        Assert.Equal(reply, await RefusalAsync(proxy, request));
    }

    [Fact]
    public async Task Fault_46_an_unknown_address_type_gets_reply_8()
    {
        await using var proxy = new ProxyUnderTest();
        Assert.Equal(8, await RefusalAsync(proxy, [5, 1, 0, 9, 0, 0, 0, 0, 0, 0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public async Task Fault_46_a_name_of_0_or_255_bytes_gets_a_failure(int length)
    {
        await using var proxy = new ProxyUnderTest();
        Assert.Equal(1, await RefusalAsync(proxy, ToName(new string('a', length), 443)));
        Assert.Empty(proxy.Dns.Asked);
    }

    [Fact]
    public async Task Fault_46_no_acceptable_method_is_answered_with_FF()
    {
        await using var proxy = new ProxyUnderTest();
        using var none = await proxy.SocksAsync();
        await none.SendAsync([5, 0]);
        Assert.Equal("\x05\xff", await none.ReadToEndAsync());
        using var gssapi = await proxy.SocksAsync();
        await gssapi.SendAsync([5, 1, 1]);
        Assert.Equal("\x05\xff", await gssapi.ReadToEndAsync());
    }

    [Fact]
    public async Task Fault_46_version_4_is_rejected_in_its_own_form_with_a_log_line()
    {
        await using var proxy = new ProxyUnderTest();
        using var client = await proxy.SocksAsync();
        await client.SendAsync([4, 1, 1, 187, 127, 0, 0, 1, 0]);
        Assert.Equal("\0\x5b\0\0\0\0\0\0", await client.ReadToEndAsync());
        Assert.Contains("refused SOCKS4 from 127.0.0.1", proxy.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_46_version_6_is_closed()
    {
        await using var proxy = new ProxyUnderTest();
        using var client = await proxy.SocksAsync();
        await client.SendAsync([6, 1, 0]);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Fault_46_byte_by_byte_works_within_the_deadline()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        proxy.Dns.Names["slow.test"] = ["127.0.0.1"];
        using var client = await proxy.SocksAsync();
        foreach (var one in (byte[])[.. NoAuthentication, .. ToName("slow.test", origin.Port)])
        {
            await client.SendAsync([one]);
        }

        Assert.Equal([5, 0, 5, 0], (await client.ReadAsync(12))[..4]);
    }

    [Fact]
    public async Task Fault_46_an_unfinished_handshake_is_closed_by_the_deadline()
    {
        var time = new FakeTimeProvider();
        await using var proxy = new ProxyUnderTest(time: time);
        using var client = await proxy.SocksAsync();
        await client.SendAsync(NoAuthentication);
        Assert.Equal([5, 0], await client.ReadAsync(2));
        await client.SendAsync([5]);
        time.Advance(TimeSpan.FromSeconds(11));

        // The kernel closes with a reset when the last byte was still on its way.
        Assert.Contains(await client.ReadToEndAsync(), (string[])["", "<reset>"]);
    }

    [Fact]
    public async Task Fault_46_two_requests_in_one_packet_the_second_is_the_servers()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.SocksAsync();
        var request = ToAddress("127.0.0.1", origin.Port);
        await client.SendAsync([.. NoAuthentication, .. request, .. request]);
        Assert.Equal([5, 0, 5, 0], (await client.ReadAsync(12))[..4]);
        using var server = await origin.AcceptAsync();
        Assert.Equal(request, await server.ReadAsync(request.Length));
    }

    [Fact]
    public async Task Failures_have_their_own_replies()
    {
        await using var proxy = new ProxyUnderTest();
        Assert.Equal(4, await RefusalAsync(proxy, ToName("missing.test", 443)));
        int closed;
        using (var origin = new Origin())
        {
            closed = origin.Port;
        }

        Assert.Equal(5, await RefusalAsync(proxy, ToAddress("127.0.0.1", closed)));
        proxy.Dns.Script = question => [FakeDns.Answer(question, 2, 0)];
        Assert.Equal(1, await RefusalAsync(proxy, ToName("broken.test", 443)));
    }

    [Fact]
    public async Task Fault_49_a_right_password_opens_and_a_wrong_one_is_answered_with_1()
    {
        await using var proxy = new ProxyUnderTest(users: [("alice", "s3cret"), ("bob", "other")]);
        using var origin = new Origin();
        Assert.Equal([5, 2, 1, 0], await LogInAsync(proxy, "alice", "s3cret"));
        Assert.Equal([5, 2, 1, 0], await LogInAsync(proxy, "bob", "other"));
        Assert.Equal([5, 2, 1, 1], await LogInAsync(proxy, "alice", "other"));
        Assert.Equal([5, 2, 1, 1], await LogInAsync(proxy, "alic", "es3cret"));
        using var withoutPassword = await proxy.SocksAsync();
        await withoutPassword.SendAsync(NoAuthentication);
        Assert.Equal("\x05\xff", await withoutPassword.ReadToEndAsync());
    }

    [Fact]
    public async Task Fault_49_guessing_is_slowed_down_even_for_the_right_password()
    {
        var time = new FakeTimeProvider();
        await using var proxy = new ProxyUnderTest(users: [("alice", "s3cret")], time: time);
        for (var guess = 0; guess < Culvert.Proxy.Users.AttemptLimiter.Allowed; guess++)
        {
            Assert.Equal(1, (await LogInAsync(proxy, "alice", $"guess{guess}"))[3]);
        }

        Assert.Equal(1, (await LogInAsync(proxy, "alice", "s3cret"))[3]);
        time.Advance(Culvert.Proxy.Users.AttemptLimiter.Window);
        Assert.Equal(0, (await LogInAsync(proxy, "alice", "s3cret"))[3]);
    }

    [Fact]
    public async Task Without_users_a_client_that_insists_on_a_password_is_served()
    {
        await using var proxy = new ProxyUnderTest();
        Assert.Equal([5, 2, 1, 0], await LogInAsync(proxy, "any", "thing"));
    }

    [Fact]
    public async Task The_SOCKS_port_understands_HTTP()
    {
        await using var proxy = new ProxyUnderTest();
        using var origin = new Origin();
        using var client = await proxy.SocksAsync();
        await client.SendAsync($"CONNECT 127.0.0.1:{origin.Port} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    private static byte[] ToAddress(string address, int port)
    {
        var octets = IPAddress.Parse(address).GetAddressBytes();
        return [5, 1, 0, (byte)(octets.Length == 4 ? 1 : 4), .. octets, (byte)(port >> 8), (byte)port];
    }

    private static byte[] ToName(string name, int port) =>
        [5, 1, 0, 3, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)(port >> 8), (byte)port];

    private static async Task<byte> RefusalAsync(ProxyUnderTest proxy, byte[] request)
    {
        using var client = await proxy.SocksAsync();
        await client.SendAsync([.. NoAuthentication, .. request]);
        var all = Encoding.Latin1.GetBytes(await client.ReadToEndAsync());
        Assert.Equal(12, all.Length);
        Assert.Equal([5, 0, 5], all[..3]);
        return all[3];
    }

    private static async Task<byte[]> LogInAsync(ProxyUnderTest proxy, string name, string password)
    {
        using var client = await proxy.SocksAsync();
        await client.SendAsync([5, 2, 1, 2, 1, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)password.Length, .. Encoding.ASCII.GetBytes(password)]);
        return await client.ReadAsync(4);
    }
}
