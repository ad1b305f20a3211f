using Culvert.Tunnel.Drivers;

namespace Culvert.Tests.Tunnel.Drivers;

public sealed class OpenVpnArgumentsTests
{
    private static readonly IReadOnlyList<string> Arguments = OpenVpnArguments.Of("/run/x/management.sock");

    [Theory]
    [InlineData("--config stdin")]
    [InlineData("--dev tun0")]
    [InlineData("--ifconfig-noexec --route-noexec --route-nopull --script-security 0")]
    [InlineData("--remap-usr1 SIGTERM")]
    [InlineData("--connect-retry-max 1")]
    [InlineData("--auth-retry none --auth-nocache")]
    [InlineData("--management /run/x/management.sock unix --management-client --management-hold --management-query-passwords")]
    public void The_client_is_told_to_leave_the_machine_alone(string words) =>
        Assert.Contains($" {words} ", $" {string.Join(' ', Arguments)} ", StringComparison.Ordinal);

    [Fact]
    public void The_profile_is_read_first_so_that_it_can_undo_nothing() => Assert.Equal(["--config", "stdin"], Arguments.Take(2));

    [Fact]
    public void Every_pushed_option_that_is_not_named_is_ignored()
    {
        var filters = Filters();
        Assert.Equal(("ignore", ""), filters[^1]);
        Assert.All(filters.SkipLast(1), filter => Assert.Equal("accept", filter.Action));
    }

    [Theory]
    [InlineData("ifconfig 10.8.0.2 255.255.255.0", true)]
    [InlineData("peer-id 0", true)]
    [InlineData("cipher AES-256-GCM", true)]
    [InlineData("ping 2", true)]
    [InlineData("route 0.0.0.0 0.0.0.0 net_gateway", false)]
    [InlineData("route-gateway 10.8.0.1", false)]
    [InlineData("redirect-gateway def1", false)]
    [InlineData("redirect-private", false)]
    [InlineData("dhcp-option DNS 8.8.8.8", false)]
    [InlineData("ifconfig-ipv6 fd00::2/64 fd00::1", false)]
    [InlineData("ifconfig-push 1.2.3.4", false)]
    [InlineData("ping-exit 1", false)]
    [InlineData("setenv X y", false)]
    [InlineData("socket-flags TCP_NODELAY", false)]
    [InlineData("script-security 2", false)]
    public void A_server_may_push_what_the_client_needs_and_nothing_else(string pushed, bool taken) =>
        Assert.Equal(taken ? "accept" : "ignore", Filters().First(f => pushed.StartsWith(f.Prefix, StringComparison.Ordinal)).Action);

    [Fact]
    public void The_client_keeps_no_capability() =>
        Assert.Equal(["--ambient-caps=-all", "--inh-caps=-all", "--no-new-privs"], OpenVpnArguments.WithoutCapabilities);

    private static List<(string Action, string Prefix)> Filters() =>
        [.. Enumerable.Range(0, Arguments.Count).Where(i => Arguments[i] == "--pull-filter").Select(i => (Arguments[i + 1], Arguments[i + 2]))];
}
