using System.Net;
using CsCheck;
using Culvert.Linux;
using Culvert.Resolver;
using Culvert.Stack;
using Culvert.Tests.Linux;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Resolver;

public sealed class UnboundConfigurationTests
{
    private static readonly DnsSettings AdGuard = Upstreams("94.140.14.14@853#dns.adguard-dns.com", "94.140.15.15@8853#dns.example");

    private static readonly Gen<DnsSettings> Any = Gen.Select(Gen.UInt, Gen.Bool, Gen.Int[1, 65535], (address, ipv6, port) => new DnsUpstream(
            ipv6 ? IPAddress.Parse("2001:db8::53") : new IPAddress(address), port, "dns.example"))
        .Array[0, 5].Select(upstreams => new DnsSettings([.. upstreams]));

    [Fact]
    public void The_only_upstreams_are_those_of_the_configuration_with_port_and_name() => Assert.Equal(
        ["94.140.14.14@853#dns.adguard-dns.com", "94.140.15.15@8853#dns.example"], Values(AdGuard, "forward-addr"));

    [Fact]
    public void Whatever_the_upstreams_none_is_lost_and_none_is_added() => Any.Sample(dns => Assert.Equal(
        UnboundConfiguration.Usable(dns).Select(u => $"{u.Address}@{u.Port}#{u.ServerName}"), Values(dns, "forward-addr")));

    [Fact]
    public void An_upstream_that_the_guard_does_not_let_out_is_left_out() =>
        Assert.Equal(["192.0.2.1@853#a.example"], Values(Upstreams("192.0.2.1@853#a.example", "2001:db8::1@853#b.example"), "forward-addr"));

    [Theory]
    [InlineData("forward-first", "no")]
    [InlineData("forward-tls-upstream", "yes")]
    [InlineData("tcp-upstream", "yes")]
    [InlineData("tls-cert-bundle", "\"/etc/ssl/ca.crt\"")]
    [InlineData("interface", "127.0.0.1@53")]
    [InlineData("access-control", "127.0.0.0/8 allow")]
    [InlineData("do-ip6", "no")]
    [InlineData("control-enable", "no")]
    [InlineData("log-queries", "no")]
    [InlineData("log-replies", "no")]
    [InlineData("directory", "\"/run/culvert/work/resolver\"")]
    [InlineData("name", "\".\"")]
    public void No_fallback_no_clear_text_no_other_listener_no_names_in_the_log(string key, string value) =>
        Assert.Equal([value], Values(AdGuard, key));

    [Fact]
    public void There_is_one_zone_and_it_is_everything()
    {
        var text = Render(AdGuard);
        Assert.Equal(2, text.Split("forward-zone:").Length);
        Assert.DoesNotContain("stub-zone", text);
        Assert.DoesNotContain("root-hints", text);
        Assert.DoesNotContain("forward-host", text);
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("127.0.0.0/8")]
    [InlineData("169.254.0.0/16")]
    [InlineData("192.168.0.0/16")]
    [InlineData("::ffff:0:0/96")]
    public void A_public_name_may_not_have_a_private_address(string network) => Assert.Contains(network, Values(AdGuard, "private-address"));

    [Fact]
    public async Task Unbound_takes_it()
    {
        Requires.Programs("unbound-checkconf");
        using var folder = new TemporaryFolder();
        var bundle = folder.Write("ca.crt", "");
        var file = folder.Write(UnboundConfiguration.FileName, UnboundConfiguration.Of(AdGuard, bundle, folder.Path));
        Assert.Contains("no errors", await Subprocess.RequireAsync("unbound-checkconf", [file], TestContext.Current.CancellationToken));
    }

    internal static DnsSettings Upstreams(params string[] texts) => new([.. texts
        .Select(text => text.Split('@', '#'))
        .Select(parts => new DnsUpstream(IPAddress.Parse(parts[0]), int.Parse(parts[1]), parts[2]))]);

    private static string Render(DnsSettings dns) => UnboundConfiguration.Of(dns, "/etc/ssl/ca.crt", "/run/culvert/work/resolver");

    private static IEnumerable<string> Values(DnsSettings dns, string key) =>
        from line in Render(dns).Split('\n')
        let setting = line.Split(" #")[0].Trim()
        where setting.StartsWith($"{key}: ", StringComparison.Ordinal)
        select setting[(key.Length + 2)..].Trim();
}
