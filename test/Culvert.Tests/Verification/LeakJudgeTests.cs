using Culvert.Linux;
using Culvert.Verification;
using static Culvert.Tests.Verification.Observations;

namespace Culvert.Tests.Verification;

public sealed class LeakJudgeTests
{
    private static readonly LeakTrial SeenInTwin = Trial(Capture(Flow()));

    [Fact]
    public void Nothing_left_and_the_twin_saw_the_try_it_holds()
    {
        var judgement = Judge(Trial(Capture(Arp)), SeenInTwin);
        Assert.Equal((Verdict.Holds, true), (judgement.Verdict, judgement.Control!.Proven));
        Assert.Equal("1 tries, nothing of them left; 2 permitted frames seen beside them", judgement.Observed);
    }

    [Fact]
    public void A_flow_that_left_is_named()
    {
        var judgement = Judge(Trial(Capture(Arp, Flow(frames: 3))), SeenInTwin);
        Assert.Equal(Verdict.Broken, judgement.Verdict);
        Assert.Equal("left by uplink0: UDP 172.30.97.100:40000 → 8.8.8.8:53, 3 frames", judgement.Observed);
    }

    [Fact]
    public void A_leak_is_a_leak_though_the_twin_saw_nothing_and_the_capture_is_in_doubt() =>
        Assert.Equal(Verdict.Broken, Judge(Trial(Capture(Flow()) with { Dropped = 7 }), Trial(Capture())).Verdict);

    [Fact]
    public void A_try_that_the_twin_did_not_see_proves_nothing()
    {
        var judgement = Judge(Trial(Capture()), Trial(Capture(Arp, Flow(port: 54), Flow(to: "8.8.4.4"), Flow(protocol: FrameHeader.Tcp))));
        Assert.Equal(Verdict.Inconclusive, judgement.Verdict);
        Assert.Contains("the detector did not see: a datagram", judgement.Observed);
    }

    [Fact]
    public void No_try_at_all_proves_nothing() =>
        Assert.Equal(Verdict.Inconclusive, LeakJudge.Judge("expected", [], Trial(Capture()), SeenInTwin, _ => true, []).Verdict);

    [Theory]
    [InlineData(7, 0, 2, 2, "the kernel dropped 7 frames")]
    [InlineData(0, 5, 2, 2, "5 frames on uplink0 belong to more flows")]
    [InlineData(0, 0, 0, 0, "could not prove that it sees what leaves")]
    [InlineData(0, 0, 2, 1, "saw 1 of the 2 frames that it sent as proof")]
    public void A_capture_in_doubt_proves_nothing(int dropped, int notListed, int sent, int seen, string doubt)
    {
        var capture = Capture(Arp) with { Dropped = dropped, NotListed = notListed, ProofsSent = sent, ProofsSeen = seen };
        var judgement = Judge(Trial(capture), SeenInTwin);
        Assert.Equal(Verdict.Inconclusive, judgement.Verdict);
        Assert.Contains(doubt, judgement.Observed);
    }

    private static Judgement Judge(LeakTrial guarded, LeakTrial twin) =>
        LeakJudge.Judge("expected", [Try], guarded, twin, flow => flow.EtherType != FrameHeader.ArpType, []);
}
