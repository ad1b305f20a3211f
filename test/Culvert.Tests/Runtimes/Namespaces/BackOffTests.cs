using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class BackOffTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Doubles_with_each_failure_and_stops_at_the_longest()
    {
        var delays = new List<double>();
        var backOff = default(BackOff);
        for (var failure = 0; failure < 9; failure++)
        {
            backOff = backOff.AfterRunning(Moment, asked: false);
            delays.Add(backOff.Delay.TotalSeconds);
        }

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5, 5], delays);
    }

    [Fact]
    public void Nothing_is_waited_for_before_the_first_start() => Assert.Equal(TimeSpan.Zero, default(BackOff).Delay);

    [Fact]
    public void A_process_that_ran_for_a_while_begins_anew() => Assert.Equal(BackOff.First, new BackOff(6).AfterRunning(BackOff.Healthy, asked: false).Delay);

    [Fact]
    public void One_that_was_asked_to_end_has_not_failed_however_often_it_is_asked() =>
        Assert.Equal(BackOff.First, new BackOff(4).AfterRunning(Moment, asked: true).Delay);

    [Fact]
    public void After_a_million_failures_it_is_still_the_longest()
    {
        var backOff = default(BackOff);
        for (var failure = 0; failure < 1_000_000; failure++)
        {
            backOff = backOff.AfterRunning(Moment, asked: false);
        }

        Assert.Equal(BackOff.Longest, backOff.Delay);
    }
}
