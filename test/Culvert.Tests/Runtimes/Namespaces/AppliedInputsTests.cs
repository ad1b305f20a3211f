using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class AppliedInputsTests
{
    private static readonly AppliedInputs Before = AppliedInputs.Of(PlanInputs.Default);

    [Fact]
    public void Nothing_changed_changes_nothing() => Assert.Empty(AppliedInputs.Of(PlanInputs.Default).ChangesSince(Before));

    [Theory]
    [InlineData("# a comment", "")]
    [InlineData("dns: {upstreams: ['tls://198.51.100.53#dns.example']}", "hold tunnel resolver")]
    [InlineData("providers: [openai]", "tunnel proxy")]
    [InlineData("verify: {address_services: ['https://ip.example/']}", "")]
    [InlineData("network: {uplink: 172.29.7.0/24}", "networks hold tunnel")]
    [InlineData("network: {vpn_net: 172.29.8.0/24}", "networks hold tunnel")]
    public void A_key_starts_again_the_roles_that_read_it(string line, string expected) => AssertChanges(expected, $"{PlanInputs.Yaml}\n{line}\n");

    [Theory]
    [InlineData("driver: openvpn", "driver: wireguard", "hold tunnel")]
    [InlineData("[frankfurt.ovpn]", "[frankfurt.ovpn, stockholm.ovpn]", "tunnel")]
    [InlineData("users:", "destinations: llm\n  users:", "proxy")]
    [InlineData("users:", "ports: [443, 8443]\n  users:", "proxy")]
    [InlineData("users:", "engine: dante+tinyproxy\n  users:", "hold proxy")]
    [InlineData("{alice: secrets/alice}", "{alice: {password_file: secrets/alice, connections: 9}}", "proxy")]
    [InlineData("users:", "applications: {172.30.98.9: {ports: [443]}}\n  users:", "proxy")]
    [InlineData("{alice: secrets/alice}", "{alice: secrets/alice, bob: secrets/bob}", "proxy")]
    public void A_value_starts_again_the_roles_that_read_it(string old, string changed, string expected)
    {
        Assert.Contains(old, PlanInputs.Yaml, StringComparison.Ordinal);
        AssertChanges(expected, PlanInputs.Yaml.Replace(old, changed, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dev: {vscode: false}", "hold")]
    [InlineData("providers: [openai]", "tunnel proxy dev")]
    public void Under_compose_the_guard_knows_the_editors_port_and_dev_begins_with_the_providers(string line, string expected)
    {
        PlanInput Compose(string more) => PlanInputs.Of($"{PlanInputs.Yaml}\nruntime: compose\n{more}\n", [.. PlanInputs.Default.Secrets]);
        Assert.Equal(expected.Split(' '), AppliedInputs.Of(Compose(line)).ChangesSince(AppliedInputs.Of(Compose(""))));
    }

    [Fact]
    public void A_changed_profile_starts_hold_and_tunnel_again() =>
        AssertChanges("hold tunnel", PlanInputs.Yaml, PlanInputs.Secrets("client\nremote 203.0.113.12 443", "correct horse"));

    [Fact]
    public void A_changed_password_starts_the_proxy_again() =>
        AssertChanges("proxy", PlanInputs.Yaml, PlanInputs.Secrets("client\nremote 203.0.113.11 443", "another"));

    [Fact]
    public void Reads_back_from_the_file_that_it_is_kept_in() => Assert.Equal(Before.Digests, AppliedInputs.FromJson(Before.ToJson()).Digests);

    [Fact]
    public void A_file_of_an_earlier_version_that_lacks_a_part_changes_that_part()
    {
        var earlier = AppliedInputs.FromJson(Before.ToJson());
        earlier.Digests.Remove("proxy");
        Assert.Equal(["proxy"], Before.ChangesSince(earlier));
    }

    [Fact]
    public void Keeps_digests_and_no_secret()
    {
        Assert.DoesNotContain("correct horse", Before.ToJson(), StringComparison.Ordinal);
        Assert.All(Before.Digests.Values, digest => Assert.Matches("^[0-9a-f]{64}$", digest));
    }

    private static void AssertChanges(string expected, string yaml, params RoleSecret[] secrets)
    {
        var kept = secrets.Length > 0 ? secrets : [.. PlanInputs.Default.Secrets];
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), AppliedInputs.Of(PlanInputs.Of(yaml, kept)).ChangesSince(Before));
    }
}
