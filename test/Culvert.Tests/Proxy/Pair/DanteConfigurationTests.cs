using System.Net;
using System.Text.RegularExpressions;
using Culvert.Proxy.Pair;
using Culvert.Stack;

namespace Culvert.Tests.Proxy.Pair;

public sealed partial class DanteConfigurationTests
{
    [Theory]
    [InlineData("internal: 0.0.0.0 port = 1080")]
    [InlineData("external: tun0")]
    [InlineData("external.protocol: ipv4")]
    [InlineData("socksmethod: none")]
    [InlineData("timeout.io: 0")]
    public void It_listens_on_1080_dials_from_tun0_and_cuts_no_silent_stream(string line) => Assert.Contains(line, Lines(PairSetups.Tunnel));

    [Fact]
    public void Without_an_address_of_tun0_it_dials_from_loopback_which_reaches_nothing() =>
        Assert.Contains("external: 127.0.0.1 # until tun0 has an address", Lines(null));

    [Fact]
    public void There_is_no_user_and_no_privileged_method() =>
        Assert.DoesNotContain(Lines(PairSetups.Tunnel), line => line.StartsWith("user", StringComparison.Ordinal) || line.Contains("username", StringComparison.Ordinal) || line.Contains("pam", StringComparison.Ordinal));

    [Fact]
    public void Every_forbidden_range_and_each_network_of_the_stack_is_blocked_before_anything_passes()
    {
        var text = DanteConfiguration.Of(PairSetups.Of(tunnel: new("tun0", IPAddress.Parse("203.0.113.9"), 30)));
        var blocked = Blocked().Matches(text[..text.IndexOf("socks pass", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal([.. ForbiddenRanges.Default.Select(range => $"{range}"), "203.0.113.8/30"], blocked);
        Assert.EndsWith("to: 0.0.0.0/0", PairSetups.Lines(text).Last(line => line.StartsWith("from:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_connect_over_socks5_to_the_ports_of_the_configuration_passes()
    {
        var lines = PairSetups.Lines(DanteConfiguration.Of(PairSetups.Of("ports: [443, 8443]"))).ToList();
        Assert.Equal(["443", "8443"], lines.Where(line => line.Contains("port = ", StringComparison.Ordinal) && line.StartsWith("from", StringComparison.Ordinal)).Select(line => line.Split("port = ")[1]));
        Assert.Equal(2, lines.Count(line => line == "command: connect"));
        Assert.Equal(2, lines.Count(line => line == "proxyprotocol: socks_v5"));
    }

    [Fact]
    public void With_users_nobody_passes_because_it_cannot_check_them() =>
        Assert.DoesNotContain("socks pass", DanteConfiguration.Of(PairSetups.Of("users: { alice: nowhere }")), StringComparison.Ordinal);

    [Fact]
    public void Clients_are_those_of_vpn_net_and_loopback() => Assert.Equal(
        ["from: 172.30.98.0/24 to: 0.0.0.0/0", "from: 127.0.0.0/8 to: 0.0.0.0/0", "from: 0.0.0.0/0 to: 0.0.0.0/0"],
        Lines(PairSetups.Tunnel).SkipWhile(line => !line.StartsWith("client", StringComparison.Ordinal)).Where(line => line.StartsWith("from", StringComparison.Ordinal)).Take(3));

    private static IEnumerable<string> Lines(Culvert.Linux.InterfaceAddress? tunnel) => PairSetups.Lines(DanteConfiguration.Of(PairSetups.Of(tunnel: tunnel)));

    [GeneratedRegex(@"socks block \{\s+from: 0\.0\.0\.0/0 to: (\S+)")]
    private static partial Regex Blocked();
}
