using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class StackProblemsTests
{
    [Fact]
    public void There_are_none_when_all_is_as_it_should_be()
    {
        Assert.Empty(StackProblems.Of(Statuses.Good));
        Assert.True(Statuses.Good.Holds);
    }

    [Fact]
    public void A_stack_that_is_not_up_has_that_one_problem() =>
        Assert.Equal(["work is not up: run `culvert up`"], StackProblems.Of(Statuses.Absent));

    [Fact]
    public void A_process_that_is_not_running_is_named_with_how_it_ended()
    {
        Assert.Equal(["proxy is not running: pid 9 was killed by signal 9"], StackProblems.Of(Statuses.Without("proxy", "pid 9 was killed by signal 9")));
        Assert.Equal(["keeper is not running"], StackProblems.Of(Statuses.Without("keeper", null)));
    }

    [Fact]
    public void A_port_that_is_closed_is_named()
    {
        Assert.Equal(["the resolver does not listen on port 53"], ProblemsWith(new Listening(false, true, true)));
        Assert.Equal(["the proxy does not listen on port 1080"], ProblemsWith(new Listening(true, false, true)));
        Assert.Equal(["the proxy does not listen on port 1090"], ProblemsWith(new Listening(true, true, false)));
        Assert.Equal(["the proxy does not listen on port 1080"], ProblemsWith(new Listening(true, false, false)));
    }

    [Fact]
    public void A_tunnel_that_does_not_carry_is_told_with_its_reason()
    {
        var tunnel = Statuses.Tunnel with { State = TunnelState.Reconnecting, Attempt = 4, Reason = "the server is silent" };
        Assert.Equal(["the tunnel is reconnecting to frankfurt, attempt 4: the server is silent"], StackProblems.Of(Statuses.Good with { Tunnel = tunnel }));
        Assert.Equal(["the tunnel has not reported yet"], StackProblems.Of(Statuses.Good with { Tunnel = null }));
    }

    [Fact]
    public void Causes_come_before_their_effects()
    {
        var status = Statuses.Without("uplink", "slirp4netns ended") with { Namespace = null, Tunnel = null, Listening = Listening.Nothing };
        Assert.Equal(
            [
                "uplink is not running: slirp4netns ended",
                "hold has not said that the guard stands, so no other role starts",
                "the tunnel has not reported yet",
                "the resolver does not listen on port 53",
                "the proxy does not listen on port 1080",
            ],
            StackProblems.Of(status));
    }

    private static IReadOnlyList<string> ProblemsWith(Listening listening) => StackProblems.Of(Statuses.Good with { Listening = listening });
}
