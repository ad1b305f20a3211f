using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class CapabilitiesTests
{
    [Fact]
    public void Given_up_they_are_gone_for_this_thread_and_for_no_other()
    {
        Requires.Root();
        var before = CapabilityStatus.OfThread();
        Assert.False(before.IsPowerless);
        CapabilityStatus? after = null;
        var emptied = false;
        var thread = new Thread(() =>
        {
            emptied = Capabilities.GiveUpAll();
            after = CapabilityStatus.OfThread();
        });
        thread.Start();
        thread.Join();

        Assert.True(emptied);
        Assert.True(after!.IsPowerless, after.ToString());
        Assert.Equal(0ul, after.Bounding);
        Assert.Equal(before, CapabilityStatus.OfThread());
    }
}
