using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class ReadinessTests
{
    [Fact]
    public void Tells_each_stage_in_the_order_in_which_it_is_reached() => Assert.Equal(
        [
            "the guard stands on uplink0 (172.30.97.100)",
            "the tunnel is connected to frankfurt as 10.8.0.2",
            "the resolver listens",
            "the proxy listens on 1080 and 1090",
        ],
        Readiness.Stages(Statuses.Good));

    [Fact]
    public void Tells_nothing_before_anything_is_reached() =>
        Assert.Empty(Readiness.Stages(Statuses.Good with { Namespace = null, Tunnel = null, Listening = new Listening(false, true, false) }));

    [Fact]
    public void Blames_nobody_when_all_is_well() => Assert.Null(Readiness.Culprit(Statuses.Good));

    [Fact]
    public void Blames_first_the_process_that_ended() =>
        Assert.Equal("resolver", Readiness.Culprit(Statuses.Without("resolver", "ended with exit code 1") with { Tunnel = null }));

    [Fact]
    public void Blames_the_role_that_everything_else_waits_for()
    {
        Assert.Equal("hold", Readiness.Culprit(Statuses.Good with { Namespace = null, Tunnel = null, Listening = Listening.Nothing }));
        Assert.Equal("tunnel", Readiness.Culprit(Statuses.Good with { Tunnel = null, Listening = Listening.Nothing }));
        Assert.Equal("tunnel", Readiness.Culprit(Statuses.Good with { Tunnel = Statuses.Tunnel with { State = TunnelState.Failed } }));
        Assert.Equal("resolver", Readiness.Culprit(Statuses.Good with { Listening = Listening.Nothing }));
        Assert.Equal("proxy", Readiness.Culprit(Statuses.Good with { Listening = new Listening(true, true, false) }));
        Assert.Equal("supervisor", Readiness.Culprit(Statuses.Without("keeper", null)));
    }
}
