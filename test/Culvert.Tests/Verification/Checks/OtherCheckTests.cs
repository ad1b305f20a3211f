using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification;
using Culvert.Verification.Checks;
using static Culvert.Tests.Verification.Observations;

namespace Culvert.Tests.Verification.Checks;

/// <summary>What the other checks conclude from what they saw.</summary>
public sealed class OtherCheckTests
{
    private static readonly WayOut Host = new("the host, direct", Answered("198.51.100.1", status: 200));
    private static readonly TunnelReport Connected = new(TunnelState.Connected, default, "openvpn", "Frankfurt", "203.0.113.7:443", "10.8.0.2", 1, null);
    private static readonly LinkObservation Before = new(Up: true, ["10.8.0.2"], 100, 200);

    [Fact]
    public void Every_way_shows_the_exit_and_the_host_another_address() =>
        Assert.Equal(Verdict.Holds, ExitAddressCheck.Judge(Host, [Way("dev", "203.0.113.7"), Way("app", "203.0.113.7")], null).Verdict);

    [Fact]
    public void A_way_that_shows_the_hosts_own_address_is_named_first()
    {
        var judgement = ExitAddressCheck.Judge(Host, [Way("dev", "203.0.113.7"), Way("app", "198.51.100.1")], null);
        Assert.Equal((Verdict.Broken, "the host's own address 198.51.100.1 was seen on: app"), (judgement.Verdict, judgement.Observed));
    }

    [Theory]
    [InlineData("203.0.113.8", 200, "2 different addresses")]
    [InlineData("not an address", 200, "app got no address")]
    [InlineData("203.0.113.7", 503, "app got no address")]
    public void A_way_that_differs_or_says_nothing_breaks_it(string answer, int status, string why) => Assert.Contains(
        why, ExitAddressCheck.Judge(Host, [Way("dev", "203.0.113.7"), new WayOut("app", Answered(answer, status: status))], null).Observed);

    [Theory]
    [InlineData("203.0.113.7:443", "Holds")]
    [InlineData("203.0.113.7", "Holds")]
    [InlineData("203.0.113.9:443", "Inconclusive")]
    [InlineData(null, "Inconclusive")]
    public void Without_a_direct_call_the_exit_that_the_tunnel_reports_is_the_control(string? exit, string verdict) => Assert.Equal(
        verdict, ExitAddressCheck.Judge(new WayOut("the host, direct", Unanswered()), [Way("dev", "203.0.113.7")], exit).Verdict.ToString());

    [Fact]
    public void A_tunnel_that_is_connected_and_moved_bytes_holds() =>
        Assert.Equal(Verdict.Holds, TunnelCheck.Judge(Connected, Before, Answered(), Before with { Received = 150, Sent = 260 }).Verdict);

    [Fact]
    public void A_tunnel_breaks_on_state_link_address_call_or_counters()
    {
        var after = Before with { Received = 150, Sent = 260 };
        Assert.Contains("has not reported yet", TunnelCheck.Judge(null, Before, Answered(), after).Observed);
        Assert.Contains("reports Reconnecting: lost", TunnelCheck.Judge(Connected with { State = TunnelState.Reconnecting, Reason = "lost" }, Before, Answered(), after).Observed);
        Assert.Contains("there is no tun0", TunnelCheck.Judge(Connected, null, Answered(), null).Observed);
        Assert.Contains("tun0 is down", TunnelCheck.Judge(Connected, Before, Answered(), after with { Up = false }).Observed);
        Assert.Contains("has no IPv4 address", TunnelCheck.Judge(Connected, Before, Answered(), after with { Addresses = [] }).Observed);
        Assert.Contains("got no answer", TunnelCheck.Judge(Connected, Before, Unanswered(), after).Observed);
        Assert.Contains("carried 50 bytes in and 0 bytes out", TunnelCheck.Judge(Connected, Before, Answered(), after with { Sent = 200 }).Observed);
    }

    [Fact]
    public void No_port_of_the_proxies_is_reached_from_the_host() => Assert.Equal(
        Verdict.Holds, HostPortsCheck.Judge([Unanswered()], [], [Answered(target: "vpn:1080")], ["192.0.2.1"], []).Verdict);

    [Fact]
    public void A_port_that_is_reached_or_listened_on_breaks_it_and_another_programs_does_not()
    {
        var nginx = new Listener("0.0.0.0", 1080, "((\"nginx\",pid=8,fd=4))");
        Assert.Equal("the host reaches 192.0.2.1:1080", HostPortsCheck.Judge([Answered()], [], [Answered()], ["192.0.2.1"], []).Observed);
        Assert.Contains("an unknown process", HostPortsCheck.Judge([Unanswered()], [new Listener("0.0.0.0", 1080, "")], [Answered()], [], []).Observed);
        var judgement = HostPortsCheck.Judge([Answered()], [nginx], [Answered()], ["192.0.2.1"], []);
        Assert.Equal(Verdict.Holds, judgement.Verdict);
        Assert.Contains("nginx", judgement.Observed);
    }

    [Fact]
    public void A_port_that_the_container_engine_publishes_breaks_it_though_nobody_answers_there() => Assert.Equal(
        "the container engine publishes port 1090 of vpn at 127.0.0.1:3128 of the host",
        HostPortsCheck.Judge([Unanswered()], [], [Answered()], [], [new PublishedPort("vpn", 1090, "127.0.0.1:3128")]).Observed);

    [Fact]
    public void Ways_that_were_not_taken_are_told() => Assert.EndsWith(
        "; skipped", ExitAddressCheck.Judge(Host, [Way("dev", "203.0.113.7")], null, "; skipped").Observed, StringComparison.Ordinal);

    [Fact]
    public void A_probe_that_does_not_reach_the_proxy_from_the_application_proves_nothing() => Assert.Equal(
        Verdict.Inconclusive, HostPortsCheck.Judge([Unanswered()], [], [Unanswered()], [], []).Verdict);

    [Theory]
    [InlineData(0, true, "Holds")]
    [InlineData(1, true, "Broken")]
    [InlineData(0, false, "Inconclusive")]
    public void The_host_is_as_it_was_when_nothing_differs_and_the_control_saw_its_changes(int differences, bool proven, string verdict) => Assert.Equal(
        verdict,
        HostUnchangedCheck.Judge(
            new HostSnapshot(DateTimeOffset.UnixEpoch, new Dictionary<string, IReadOnlyList<string>> { ["links"] = ["lo"] }),
            new HostSnapshotComparison([.. Enumerable.Repeat("links: added: x", differences)], 0),
            new Control(proven, "")).Verdict.ToString());

    [Fact]
    public void A_secret_that_is_written_down_anywhere_breaks_it_and_only_a_search_that_finds_its_control_holds()
    {
        NeedleFound[] control = [new("the control", "/file"), new("the control", "/arguments")];
        Judgement Judge(params NeedleFound[] found) => SecretsCheck.Judge([Answered()], found, [], "the control", "/file", "/arguments");
        Assert.Equal(Verdict.Holds, Judge(control).Verdict);
        Assert.Equal("the canary is in /log", Judge([.. control, new("the canary", "/log")]).Observed);
        Assert.Equal(Verdict.Inconclusive, Judge(control[0]).Verdict);
        Assert.Equal(Verdict.Inconclusive, Judge(control[1]).Verdict);
        Assert.Equal(Verdict.Inconclusive, SecretsCheck.Judge([Unanswered()], control, [], "the control", "/file", "/arguments").Verdict);
        Assert.Contains("docker logs x has nothing", SecretsCheck.Judge([Answered()], control, ["docker logs x"], "the control", "/file", "/arguments").Observed, StringComparison.Ordinal);
    }

    private static WayOut Way(string name, string address) => new(name, Answered(address, status: 200));
}
