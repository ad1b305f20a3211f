using Culvert.Proxy.Pair;
using Culvert.Stack;

namespace Culvert.Tests.Proxy.Pair;

public sealed class TinyproxyConfigurationTests
{
    [Theory]
    [InlineData("Listen 0.0.0.0")]
    [InlineData("Port 1090")]
    [InlineData("Bind 10.8.1.2")]
    [InlineData("DisableViaHeader Yes")]
    [InlineData("Allow 172.30.98.0/24")]
    [InlineData("Allow 127.0.0.0/8")]
    [InlineData("ConnectPort 443")]
    [InlineData("ConnectPort 80")]
    [InlineData("Filter \"/run/filter\"")]
    [InlineData("FilterType ere")]
    [InlineData("FilterDefaultDeny Yes")]
    public void It_listens_on_1090_dials_from_tun0s_address_and_adds_no_header(string line) => Assert.Contains(line, Lines());

    [Fact]
    public void Without_an_address_of_tun0_it_dials_from_loopback_which_reaches_nothing() =>
        Assert.Contains("Bind 127.0.0.1", PairSetups.Lines(TinyproxyConfiguration.Of(PairSetups.Of(), "/run/filter", [])));

    [Fact]
    public void There_is_no_user_no_group_and_no_header_that_names_the_client() =>
        Assert.DoesNotContain(Lines(), line => line.StartsWith("User", StringComparison.Ordinal) || line.StartsWith("Group", StringComparison.Ordinal) || line.StartsWith("XTinyproxy", StringComparison.Ordinal));

    [Fact]
    public void Users_are_asked_for_by_name_and_password() => Assert.Contains(
        "BasicAuth alice right-one",
        PairSetups.Lines(TinyproxyConfiguration.Of(PairSetups.Of(), "/run/filter", [new PairCredentials("alice", new Secret("right-one"))])));

    private static IEnumerable<string> Lines() => PairSetups.Lines(TinyproxyConfiguration.Of(PairSetups.Of(tunnel: PairSetups.Tunnel), "/run/filter", []));
}
