using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class TunnelTextTests
{
    [Fact]
    public void Connected_says_where_to_and_as_whom() =>
        Assert.Equal("the tunnel is connected to frankfurt as 10.8.0.2", TunnelText.Sentence(Statuses.Tunnel));

    [Fact]
    public void Without_a_location_the_exit_is_named_and_without_either_nothing()
    {
        Assert.Equal("the tunnel is connected to 203.0.113.11:443 as 10.8.0.2", TunnelText.Sentence(Statuses.Tunnel with { Location = null }));
        Assert.Equal("the tunnel is connected", TunnelText.Sentence(Statuses.Tunnel with { Location = null, Exit = null, TunnelAddress = null }));
    }

    [Theory]
    [InlineData(TunnelState.Starting, "starting")]
    [InlineData(TunnelState.Connecting, "connecting")]
    [InlineData(TunnelState.Reconnecting, "reconnecting")]
    [InlineData(TunnelState.Failed, "down")]
    public void Otherwise_it_tells_the_attempt_and_the_reason(object state, string word)
    {
        var tunnel = Statuses.Tunnel with { State = (TunnelState)state, Attempt = 3 };
        Assert.Equal($"the tunnel is {word} to frankfurt, attempt 3", TunnelText.Sentence(tunnel));
        Assert.Equal($"the tunnel is {word} to frankfurt, attempt 3: no answer", TunnelText.Sentence(tunnel with { Reason = "no answer" }));
    }

    [Fact]
    public void Before_its_first_report_it_says_so() => Assert.Equal("the tunnel has not reported yet", TunnelText.Sentence(null));
}
