using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class CapabilityStatusTests
{
    private const string Status = "Name:\tculvert\nUid:\t970\t970\t970\t970\nCapInh:\t0000000000000000\nCapPrm:\t0000000000001000\nCapEff:\t0000000000001000\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\n";

    [Fact]
    public void Is_read_from_the_kernels_text()
    {
        var status = CapabilityStatus.Parse(Status);
        Assert.Equal(new CapabilityStatus(0, 0x1000, 0x1000, 0x1ffffffffff, 0, NoNewPrivileges: true), status);
        Assert.True(status.Has(12));
        Assert.False(status.Has(13));
        Assert.Equal("CapInh=0 CapPrm=1000 CapEff=1000 CapBnd=1ffffffffff CapAmb=0 NoNewPrivs=1", status.ToString());
    }

    [Theory]
    [InlineData("CapInh:\t0000000000000000", "CapInh:\t0000000000000001")]
    [InlineData("CapPrm:\t0000000000000000", "CapPrm:\t0000000000000001")]
    [InlineData("CapEff:\t0000000000000000", "CapEff:\t8000000000000000")]
    [InlineData("CapAmb:\t0000000000000000", "CapAmb:\t0000000000000001")]
    [InlineData("NoNewPrivs:\t1", "NoNewPrivs:\t0")]
    public void Who_holds_one_in_any_set_or_may_gain_one_is_not_powerless(string nothing, string something)
    {
        var powerless = Status.Replace("1000\n", "0000\n");
        Assert.True(CapabilityStatus.Parse(powerless).IsPowerless);
        Assert.Contains(nothing, powerless);
        Assert.False(CapabilityStatus.Parse(powerless.Replace(nothing, something)).IsPowerless);
    }

    [Fact]
    public void A_thread_that_ends_meanwhile_is_left_out_and_the_others_are_not()
    {
        using var churn = new ThreadChurn();
        for (var time = 0; time < 100; time++)
        {
            Assert.NotEmpty(CapabilityStatus.OfEveryThread());
        }
    }
}
