using System.Net;
using Culvert.Stack;

namespace Culvert.Tests.Stack;

public sealed class StackLoaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    [InlineData("vpn:\ndns:\nproxy:\ndev: {}\n")]
    [InlineData("\uFEFF# with a byte order mark\n")]
    [InlineData("name: culvert\r\n")]
    public void An_empty_file_is_all_defaults(string text)
    {
        var stack = Loaded(text);

        Assert.Equal("culvert", stack.Name);
        Assert.Equal(new VpnSettings(VpnDriver.AdGuard, [], null, null), stack.Vpn with { Locations = [] });
        Assert.Empty(stack.Vpn.Locations);
        Assert.Equal(
            [
                new DnsUpstream(IPAddress.Parse("94.140.14.14"), 853, "dns.adguard-dns.com"),
                new DnsUpstream(IPAddress.Parse("94.140.15.15"), 853, "dns.adguard-dns.com"),
            ],
            stack.Dns.Upstreams);
        Assert.Equal(ProxyEngine.Culvert, stack.Proxy.Engine);
        Assert.Empty(stack.Proxy.Users);
        Assert.Equal(DestinationScope.Public, stack.Proxy.Destinations);
        Assert.Equal([443, 80], stack.Proxy.AllowedPorts);
        Assert.Equal(Culvert.Stack.Catalogue.ProviderCatalogue.All, stack.Providers);
        Assert.Equal(new DevSettings(VsCode: true, Kilo: true), stack.Dev);
        Assert.Null(stack.Alerts.Webhook);
        Assert.Equal(new NetworkSettings(IPNetwork.Parse("172.30.97.0/24"), IPNetwork.Parse("172.30.98.0/24")), stack.Network);
        Assert.Equal("https://api.ipify.org/", stack.Verify.AddressServices[0].ToString());
    }

    [Fact]
    public void Every_key_is_read()
    {
        var profile = folder.Write("secrets/frankfurt.ovpn", "remote 203.0.113.1\n");
        var password = folder.Write("secrets/vpn-password", "s3cret\n");
        var alice = folder.Write("secrets/alice", "pw\n");
        var webhook = folder.Write("secrets/webhook", "https://hooks.example.com/T0/B0\n");

        var stack = Loaded("""
            name: work-2
            vpn:
              driver: openvpn
              locations: [secrets/frankfurt.ovpn]
              user: alice
              password_file: secrets/vpn-password
            dns:
              upstreams: ["tls://[2620:fe::fe]:8853#dns.quad9.net", tls://9.9.9.9#DNS.quad9.net]
            proxy:
              engine: culvert
              users: { alice: secrets/alice }
              destinations: [OpenAI.com, pypi.org.]
              ports: [8443]
            providers: [mistral]
            dev: { vscode: false, kilo: false }
            alerts: { webhook: secrets/webhook }
            network: { uplink: 10.1.0.0/16, vpn_net: 203.0.113.0/29 }
            verify: { address_services: [https://example.com/ip] }
            """);

        Assert.Equal("work-2", stack.Name);
        Assert.Equal(VpnDriver.OpenVpn, stack.Vpn.Driver);
        Assert.Equal(new VpnLocation("frankfurt", new SecretFile("vpn.locations.0", profile)), Assert.Single(stack.Vpn.Locations));
        Assert.Equal("alice", stack.Vpn.User);
        Assert.Equal(new SecretFile("vpn.password_file", password), stack.Vpn.Password);
        Assert.Equal("s3cret", stack.Vpn.Password!.Read().Reveal());
        Assert.Equal(
            [new DnsUpstream(IPAddress.Parse("2620:fe::fe"), 8853, "dns.quad9.net"), new DnsUpstream(IPAddress.Parse("9.9.9.9"), 853, "dns.quad9.net")],
            stack.Dns.Upstreams);
        Assert.Equal(ProxyEngine.Culvert, stack.Proxy.Engine);
        Assert.Equal(new ProxyUser("alice", new SecretFile("proxy.users.alice", alice)), Assert.Single(stack.Proxy.Users));
        Assert.Equal(DestinationScope.List, stack.Proxy.Destinations);
        Assert.Equal([new DomainSuffix("openai.com"), new DomainSuffix("pypi.org")], stack.Proxy.AllowedDomains);
        Assert.Equal([8443], stack.Proxy.AllowedPorts);
        Assert.Equal("mistral", Assert.Single(stack.Providers).Id);
        Assert.Equal(new DevSettings(VsCode: false, Kilo: false), stack.Dev);
        Assert.Equal(new SecretFile("alerts.webhook", webhook), stack.Alerts.Webhook);
        Assert.Equal(new NetworkSettings(IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("203.0.113.0/29")), stack.Network);
        Assert.Equal(new Uri("https://example.com/ip"), Assert.Single(stack.Verify.AddressServices));
    }

    [Fact]
    public void A_user_and_an_application_may_have_limits_and_a_policy_of_their_own()
    {
        var alice = folder.Write("secrets/alice", "pw\n");
        var proxy = Loaded("""
            proxy:
              users: { alice: { password_file: secrets/alice, connections: 50, destinations: [pypi.org] } }
              applications: { 172.30.98.10: { ports: [8443] }, 127.0.0.1: { destinations: llm } }
            """).Proxy;

        var user = Assert.Single(proxy.Users);
        Assert.Equal(("alice", new SecretFile("proxy.users.alice.password_file", alice)), (user.Name, user.Password));
        Assert.True(user.Own is { Connections: 50, Destinations: DestinationScope.List, AllowedPorts: null, HasPolicy: true });
        Assert.Equal([new DomainSuffix("pypi.org")], user.Own!.AllowedDomains);
        Assert.Equal(["172.30.98.10", "127.0.0.1"], proxy.Applications.Select(application => $"{application.Address}"));
        Assert.True(proxy.Applications[0].Own is { Connections: null, Destinations: null });
        Assert.Equal([8443], proxy.Applications[0].Own.AllowedPorts!.Value);
        Assert.Equal(DestinationScope.Llm, proxy.Applications[1].Own.Destinations);
    }

    [Fact]
    public void A_role_takes_each_secret_from_its_own_folder_without_looking_at_it()
    {
        var path = folder.Write("culvert.yaml", """
            vpn: { driver: wireguard, locations: [a.conf, /etc/b.conf], password_file: nowhere }
            proxy: { users: { bob: nowhere } }
            alerts: { webhook: nowhere }
            """);

        var stack = StackLoader.LoadForRole(path, "/run/culvert/culvert/proxy/secrets").Stack!;

        Assert.Equal(
            [
                new VpnLocation("a", new SecretFile("vpn.locations.0", "/run/culvert/culvert/proxy/secrets/vpn.locations.0")),
                new VpnLocation("b", new SecretFile("vpn.locations.1", "/run/culvert/culvert/proxy/secrets/vpn.locations.1")),
            ],
            stack.Vpn.Locations);
        Assert.Equal("/run/culvert/culvert/proxy/secrets/vpn.password_file", stack.Vpn.Password!.Path);
        Assert.Equal("/run/culvert/culvert/proxy/secrets/proxy.users.bob", Assert.Single(stack.Proxy.Users).Password.Path);
        Assert.Equal("/run/culvert/culvert/proxy/secrets/alerts.webhook", stack.Alerts.Webhook!.Path);
    }

    [Fact]
    public void A_map_extends_a_provider_of_the_catalogue()
    {
        var stack = Loaded("""
            providers:
              - { id: openai, hosts: [openai.example.com] }
              - id: in-house
                title: Our own
                hosts: [llm.example.com]
                probe:
                  url: https://llm.example.com/health
                  answers: [{ status: 403, body_contains: Country, means: region_blocked }, { status: 204, means: usable }]
              - { id: plain, hosts: [plain.example.com] }
            """);

        var known = Culvert.Stack.Catalogue.ProviderCatalogue.Find("openai")!;
        Assert.Equal("OpenAI", stack.Providers[0].Title);
        Assert.Equal([.. known.Hosts, new DomainSuffix("openai.example.com")], stack.Providers[0].Hosts);
        Assert.Equal(known.Probe, stack.Providers[0].Probe);
        Assert.Equal("Our own", stack.Providers[1].Title);
        Assert.Equal(
            [new ProbeRule(403, "Country", ProbeMeaning.RegionBlocked), new ProbeRule(204, null, ProbeMeaning.Usable)],
            stack.Providers[1].Probe.Rules);
        Assert.Equal("plain", stack.Providers[2].Title);
        Assert.Equal(new Uri("https://plain.example.com/v1/models"), stack.Providers[2].Probe.Url);
    }

    [Fact]
    public void What_is_not_a_file_is_a_finding()
    {
        var pipe = folder.PathOf("pipe");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            mkfifo.WaitForExit();
        }

        Assert.Contains("not there", OnlyFinding(folder.PathOf("nowhere.yaml")).What);
        Assert.Contains("is a folder", OnlyFinding(folder.Path).What);
        Assert.Contains("is a pipe", OnlyFinding(pipe).What);
        Assert.Contains("is a pipe", OnlyFinding("/dev/zero").What);
        Assert.Contains("no usable path", OnlyFinding("").What);
        Assert.Contains("no usable path", OnlyFinding("a\0b").What);
        Assert.Contains("not there", OnlyFinding(new string('x', 5000)).What);
        Assert.Contains("not there", OnlyFinding(Path.Combine(folder.Write("file", ""), "culvert.yaml")).What);
    }

    [Fact]
    public void A_file_whose_reading_fails_is_a_finding() =>
        // Regular by its type, and reading its first page is an error for everyone, root included.
        Assert.Contains("cannot be read", OnlyFinding("/proc/self/mem").What);

    [Theory]
    [InlineData(new byte[] { 0x6e, 0x0a, 0x61, 0xff, 0xfe }, 2, 2, "not UTF-8")]
    [InlineData(new byte[] { 0xff, 0xfe, 0x61, 0x00 }, 1, 1, "not UTF-8")]
    [InlineData(new byte[] { 0x23, 0x0a, 0x23, 0x0a, 0x23, 0x00 }, 3, 2, "U+0000")]
    [InlineData(new byte[] { 0x23, 0x1b, 0x5b, 0x32, 0x4a }, 1, 2, "U+001B")]
    public void Bytes_that_are_no_text_are_a_finding_at_their_place(byte[] bytes, int line, int column, string what)
    {
        var path = folder.PathOf("culvert.yaml");
        File.WriteAllBytes(path, bytes);

        var finding = OnlyFinding(path);

        Assert.Equal((line, column), (finding.Line, finding.Column));
        Assert.Contains(what, finding.What);
    }

    private StackDefinition Loaded(string text)
    {
        var load = StackLoader.Load(folder.Write("culvert.yaml", text));
        Assert.Empty(load.Findings);
        return load.Stack!;
    }

    private static Finding OnlyFinding(string path)
    {
        var load = StackLoader.Load(path);
        Assert.Null(load.Stack);
        return Assert.Single(load.Findings);
    }
}
