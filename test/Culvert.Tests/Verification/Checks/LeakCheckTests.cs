using System.Net;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification;
using Culvert.Verification.Checks;
using Culvert.Verification.Probes;
using static Culvert.Tests.Verification.Observations;

namespace Culvert.Tests.Verification.Checks;

/// <summary>The three checks that judge a trial of leaks: DNS, IPv6, and everything but the carrier.</summary>
public sealed class LeakCheckTests
{
    private const string Server = "203.0.113.7";

    private static readonly CarrierFilter Carriers = new([new Carrier("tcp", Server, 443)]);
    private static readonly LeakTrial Twin = Trial(Capture(Flow()));
    private static readonly ProbeAnswer Resolved = Answered("NOERROR 203.0.113.80", "DNS over UDP", "127.0.0.1:53 api.example");

    private static readonly LeakProbe SixthTry = LeakProbe.Tcp("a TCP connection", IPAddress.Parse("2001:db8::1"), 443, device: null);
    private static readonly CapturedFlow SixthFlow = Flow(FrameHeader.Tcp, "2001:db8::1", 443, FrameHeader.IPv6Type);

    [Fact]
    public void Dns_holds_when_the_resolver_answers_and_nobody_else_does()
    {
        var judgement = Dns(Trial(Capture(Arp, Flow(FrameHeader.Tcp, Server, 443))), Resolved);
        Assert.Equal(Verdict.Holds, judgement.Verdict);
        Assert.StartsWith("NOERROR 203.0.113.80 from the resolver; ", judgement.Observed);
    }

    [Theory]
    [InlineData(FrameHeader.Udp, 53)]
    [InlineData(FrameHeader.Tcp, 53)]
    [InlineData(FrameHeader.Tcp, 853)]
    [InlineData(FrameHeader.Udp, 5353)]
    public void Dns_breaks_on_a_question_that_left(byte protocol, int port) =>
        Assert.Equal(Verdict.Broken, Dns(Trial(Capture(Flow(protocol, "198.51.100.1", port))), Resolved).Verdict);

    [Fact]
    public void Dns_does_not_take_a_carrier_on_port_53_for_a_question() => Assert.Equal(
        Verdict.Holds,
        DnsCheck.Judge([Try], [Resolved], Trial(Capture(Flow(FrameHeader.Udp, Server, 53))), Twin, new CarrierFilter([new Carrier("udp", Server, 53)])).Verdict);

    [Fact]
    public void Dns_breaks_on_an_answer_from_elsewhere() =>
        Assert.Contains("a datagram was answered", Dns(Trial(Capture(), Answered("NOERROR 192.0.2.1")), Resolved).Observed);

    [Fact]
    public void Dns_breaks_when_the_resolver_gives_no_address()
    {
        Assert.Contains("SERVFAIL", Dns(Trial(Capture()), Answered("SERVFAIL")).Observed);
        Assert.Equal(Verdict.Broken, Dns(Trial(Capture()), Answered("NOERROR")).Verdict);
        Assert.Equal(Verdict.Broken, Dns(Trial(Capture()), Resolved, Unanswered()).Verdict);
    }

    [Theory]
    [InlineData("nameserver 8.8.8.8\n# nameserver 9.9.9.9\nnameserver 127.0.0.53\nnameserver ::1\nnameserver\n  nameserver\t192.0.2.1  \nsearch x\n", new[] { "8.8.8.8", "192.0.2.1" })]
    [InlineData("", new string[0])]
    public void The_hosts_resolvers_are_those_that_mean_the_same_from_another_namespace(string text, string[] expected) =>
        Assert.Equal(expected, DnsCheck.HostResolvers(text).Select(address => address.ToString()));

    [Fact]
    public void IPv6_holds_when_it_is_refused_at_once() =>
        Assert.Equal(Verdict.Holds, IPv6([], Trial(Capture(Arp), Unanswered())).Verdict);

    [Theory]
    [InlineData("uplink0 fd00::1", false, "Connection refused", "there is an IPv6 address: uplink0 fd00::1")]
    [InlineData(null, true, "Connection refused", "left by uplink0")]
    [InlineData(null, false, ProbeAnswer.NoAnswer, "did not fail at once")]
    public void IPv6_breaks_on_an_address_a_packet_or_a_wait(string? address, bool left, string failure, string why)
    {
        var judgement = IPv6(address is null ? [] : [address], Trial(left ? Capture(SixthFlow) : Capture(), Unanswered(failure)));
        Assert.Equal(Verdict.Broken, judgement.Verdict);
        Assert.Contains(why, judgement.Observed);
    }

    [Fact]
    public void IPv6_addresses_on_loopback_do_not_count() => Assert.Equal(
        ["eth0 fe80::1"],
        IPv6Check.AddressesOutsideLoopback("""[{},{"ifname":"lo","addr_info":[{"local":"::1"}]},{"ifname":"eth0","addr_info":[{"local":"fe80::1"}]}]"""));

    [Fact]
    public void Only_carrier_holds_with_the_carrier_and_ARP() =>
        Assert.Equal(Verdict.Holds, OnlyCarrier([Try], Trial(Capture(Arp, Flow(FrameHeader.Tcp, Server, 443, frames: 9)))).Verdict);

    [Fact]
    public void Only_carrier_breaks_on_anything_else_and_on_a_try_dressed_as_the_carrier()
    {
        Assert.Equal(Verdict.Broken, OnlyCarrier([Try], Trial(Capture(Flow(FrameHeader.Icmp, "9.9.9.9", 0)))).Verdict);
        var disguised = LeakProbe.AsCarrier("as nobody", FrameHeader.Tcp, new IPEndPoint(IPAddress.Parse(Server), 443), 23456, "uplink0");
        var left = Flow(FrameHeader.Tcp, Server, 443, fromPort: 23456);
        Assert.Equal(Verdict.Broken, OnlyCarrierCheck.Judge([disguised], Trial(Capture(left)), Trial(Capture(left)), Carriers).Verdict);
        Assert.Equal(Verdict.Holds, OnlyCarrierCheck.Judge([disguised], Trial(Capture(left with { SourcePort = 40001 })), Trial(Capture(left)), Carriers).Verdict);
    }

    private static Judgement Dns(LeakTrial guarded, params ProbeAnswer[] resolved) => DnsCheck.Judge([Try], resolved, guarded, Twin, Carriers);

    private static Judgement IPv6(string[] addresses, LeakTrial guarded) => IPv6Check.Judge(addresses, [SixthTry], guarded, Trial(Capture(SixthFlow)));

    private static Judgement OnlyCarrier(LeakProbe[] probes, LeakTrial guarded) => OnlyCarrierCheck.Judge(probes, guarded, Twin, Carriers);
}
