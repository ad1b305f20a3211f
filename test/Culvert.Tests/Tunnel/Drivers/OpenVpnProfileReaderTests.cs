using Culvert.Stack;
using static Culvert.Tests.Tunnel.Drivers.OpenVpnProfileText;

namespace Culvert.Tests.Tunnel.Drivers;

public sealed class OpenVpnProfileReaderTests
{
    [Fact]
    public void A_usual_profile_becomes_its_carrier_and_what_is_safe_of_it()
    {
        var profile = Read(Usual);
        Assert.Equal(new Carrier("tcp", "203.0.113.11", 1194), Assert.Single(profile.Carriers));
        Assert.Equal("remote 203.0.113.11 1194 tcp4-client\n", profile.RemotesOnly);
        Assert.Equal(
            $"client\nremote-cert-tls \"server\"\ncipher \"AES-256-GCM\"\n<ca>\n{Certificate}\n</ca>\n",
            profile.Body);
        Assert.Equal(profile.RemotesOnly + profile.Body, profile.For(profile.Carriers[0]));
        Assert.False(profile.NeedsLogin);
    }

    [Fact]
    public void What_comes_out_goes_in_again_and_comes_out_the_same()
    {
        var profile = Read(Usual + $"auth-user-pass\n<cert>\n{Certificate}\n</cert>\n<key>\n{Key}\n</key>\nkey-direction 1\ntun-mtu 1400\nremote 203.0.113.12 443 udp\n");
        var again = Read(profile.SelfContained);
        Assert.Equal(profile.SelfContained, again.SelfContained);
        Assert.Equal(profile.Carriers, again.Carriers);
        Assert.Equal((true, 1400), (again.NeedsLogin, again.Mtu));
    }

    [Fact]
    public void Windows_line_ends_a_byte_order_mark_comments_and_dashes_are_no_matter() =>
        Assert.Equal(Read(Usual).SelfContained, Read("\uFEFF# made by hand\n; and so\n--client\n" + Usual.Replace("\n", "\r\n", StringComparison.Ordinal)).SelfContained);

    [Fact]
    public void Port_and_protocol_may_stand_anywhere_and_count_for_every_remote_that_names_none()
    {
        var profile = Read("remote 203.0.113.12\nremote 203.0.113.13 53 udp\nport 443\n" + Usual);
        Assert.Equal(
            [new Carrier("tcp", "203.0.113.12", 443), new Carrier("udp", "203.0.113.13", 53), new Carrier("tcp", "203.0.113.11", 1194)],
            profile.Carriers);
    }

    [Fact]
    public void A_connection_has_a_port_and_a_protocol_of_its_own()
    {
        var profile = Read("<connection>\nremote 203.0.113.12\nport 53\nproto udp\n</connection>\n<connection>\nremote 203.0.113.13\n</connection>\n" + Usual);
        Assert.Equal(
            [new Carrier("udp", "203.0.113.12", 53), new Carrier("tcp", "203.0.113.13", 1194), new Carrier("tcp", "203.0.113.11", 1194)],
            profile.Carriers);
    }

    [Fact]
    public void Without_a_word_about_it_a_remote_is_udp_on_1194() => Assert.Equal(
        new Carrier("udp", "203.0.113.11", 1194), Assert.Single(Read($"remote 203.0.113.11\n<ca>\n{Certificate}\n</ca>\n").Carriers));

    [Theory]
    [InlineData("script-security 2", "runs a program")]
    [InlineData("up /etc/openvpn/update-resolv-conf", "runs a program")]
    [InlineData("--up '/bin/sh -c id'", "runs a program")]
    [InlineData("down /bin/true", "runs a program")]
    [InlineData("route-up /bin/true", "runs a program")]
    [InlineData("tls-verify /bin/true", "runs a program")]
    [InlineData("ipchange /bin/true", "runs a program")]
    [InlineData("plugin /tmp/evil.so", "loads code")]
    [InlineData("engine dynamic", "loads code")]
    [InlineData("management 127.0.0.1 7505", "command the client")]
    [InlineData("management-client-user root", "command the client")]
    [InlineData("log /etc/passwd", "outside the profile")]
    [InlineData("writepid /run/x", "outside the profile")]
    [InlineData("cd /tmp", "outside the profile")]
    [InlineData("config other.ovpn", "outside the profile")]
    [InlineData("setenv LD_PRELOAD /tmp/evil.so", "variables are for scripts")]
    [InlineData("setenv opt up /bin/sh", "runs a program")]
    [InlineData("mark 5", "marks packets")]
    [InlineData("http-proxy 203.0.113.9 8080", "another address")]
    [InlineData("socks-proxy 127.0.0.1 9050", "another address")]
    [InlineData("local 192.0.2.10", "where the connection goes")]
    [InlineData("remote-random-hostname", "where the connection goes")]
    [InlineData("secret static.key", "only TLS clients")]
    [InlineData("askpass pass.txt", "nobody is there")]
    [InlineData("auth-user-pass login.txt", "vpn.password_file")]
    [InlineData("auth-token abc", "a secret inside")]
    [InlineData("dev tap0", "only tun")]
    [InlineData("dev-type tap", "only tun")]
    [InlineData("cipher none", "in clear")]
    [InlineData("data-ciphers AES-256-GCM:none", "in clear")]
    [InlineData("data-ciphers ?NONE", "in clear")]
    [InlineData("tls-cipher DEFAULT:eNULL", "in clear")]
    [InlineData("remote vpn.example.com 1194", "given by name")]
    [InlineData("remote 0x7f.1 1194", "given by name")]
    [InlineData("remote 127.0.0.1 1194", "no server can have")]
    [InlineData("remote 224.0.0.1 1194", "no server can have")]
    [InlineData("remote 2001:db8::1 1194", "IPv6")]
    [InlineData("remote 203.0.113.12 0", "port is not from")]
    [InlineData("remote 203.0.113.12 65537", "port is not from")]
    [InlineData("remote 203.0.113.12 1194 tcp6", "port is not from")]
    [InlineData("remote 203.0.113.12 1194 udp extra", "should read")]
    [InlineData("proto tcp6", "not udp")]
    [InlineData("port 99999", "not a port")]
    [InlineData("remote \"203.0.113.12", "not closed")]
    [InlineData("<connection>\nup /bin/sh\n</connection>", "runs a program", 2)]
    [InlineData("<connection>\nverb-not x\n</connection>", "inside <connection>", 2)]
    [InlineData("<auth-user-pass>\nalice\nsecret\n</auth-user-pass>", "vpn.password_file")]
    [InlineData("<up>\n/bin/sh\n</up>", "runs a program")]
    [InlineData("<>\n</>", "no such block")]
    [InlineData("frobnicate 1", "not among the directives")]
    public void A_dangerous_or_broken_line_is_refused_by_its_number(string lines, string why, int line = 1)
    {
        var problem = Problem(lines);
        Assert.StartsWith($"exit.ovpn:{line}: ", problem, StringComparison.Ordinal);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directive_wrapped_a_hundred_thousand_times_is_refused_and_not_unwrapped() =>
        Assert.Contains("variables are for scripts", Problem("setenv opt " + string.Concat(Enumerable.Repeat("--setenv opt ", 100_000)) + "verb 3"), StringComparison.Ordinal);

    [Theory]
    [InlineData("route 0.0.0.0 0.0.0.0 net_gateway")]
    [InlineData("redirect-gateway def1")]
    [InlineData("dhcp-option DNS 8.8.8.8")]
    [InlineData("user nobody")]
    [InlineData("keepalive 10 60")]
    [InlineData("ignore-unknown-option frobnicate\nfrobnicate 1")]
    [InlineData("setenv opt frobnicate 1")]
    [InlineData("setenv FRIENDLY_NAME Frankfurt")]
    public void What_is_ours_to_do_is_left_out(string lines) => Assert.Equal(Read(Usual).SelfContained, Read(lines + "\n" + Usual).SelfContained);

    [Theory]
    [InlineData("tls-cipher DEFAULT:!aNULL:!eNULL")]
    [InlineData("data-ciphers AES-256-GCM:?CHACHA20-POLY1305")]
    [InlineData("auth SHA256")]
    public void Ordinary_ciphers_are_kept(string line) => Assert.Contains(line.Split(' ')[1], Read(line + "\n" + Usual).Body, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "no `remote`")]
    [InlineData("remote 203.0.113.11\n", "whom to trust")]
    [InlineData($"remote 203.0.113.11\n<ca>\n{Certificate}\n</ca>\n<cert>\n{Certificate}\n</cert>\n", "one is missing")]
    public void A_profile_that_lacks_something_is_told_what(string text, string what) => Assert.Contains(Problems(text), p => p.Contains(what, StringComparison.Ordinal));

    [Fact]
    public void Every_problem_is_reported_and_a_flood_of_them_is_counted()
    {
        var problems = Problems(string.Concat(Enumerable.Repeat("up /bin/sh\n", 50)) + Usual);
        Assert.Equal(21, problems.Count);
        Assert.Equal("exit.ovpn: and 30 more", problems[^1]);
    }

    [Fact]
    public void More_servers_than_openvpn_takes_are_refused() =>
        Assert.StartsWith("exit.ovpn:68: ", Problem(string.Concat(Enumerable.Range(1, 64).Select(i => $"remote 198.51.100.{i}\n")).TrimEnd()), StringComparison.Ordinal);
}
