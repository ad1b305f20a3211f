using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class StatusLinesTests
{
    [Fact]
    public void A_row_has_a_cell_for_every_heading_and_a_dash_for_what_is_not_there()
    {
        var rows = StatusLines.Rows(Statuses.Without("proxy", "pid 9 ended with exit code 1"), Statuses.Noon.AddSeconds(90));
        Assert.All(rows, row => Assert.Equal(StatusLines.Header.Count, row.Count));
        Assert.Equal(["supervisor", "running", "100", "1 min", "0", "–"], rows[0]);
        Assert.Equal(["proxy", "not running", "–", "–", "2", "pid 9 ended with exit code 1"], rows[^1]);
    }

    [Fact]
    public void Sentences_of_a_good_stack_say_where_it_leaves_and_that_all_is_well() => Assert.Equal(
        [
            "guard: loaded at 2026-01-02 12:00:00 UTC",
            "uplink: uplink0 172.30.97.100/24",
            "the tunnel is connected to frankfurt as 10.8.0.2, since 2026-01-02 12:00:00 UTC",
            "All is as it should be.",
        ],
        StatusLines.Sentences(Statuses.Good));

    [Fact]
    public void Sentences_of_a_stack_that_is_not_up_say_only_that() =>
        Assert.Equal(["problem: work is not up: run `culvert up`"], StatusLines.Sentences(Statuses.Absent));

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(0, "0 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3599, "59 min")]
    [InlineData(3600, "1 h 0 min")]
    [InlineData(86399, "23 h 59 min")]
    [InlineData(90000, "1 d 1 h")]
    public void A_time_ago_is_told_in_its_two_largest_units(double seconds, string expected) =>
        Assert.Equal(expected, StatusLines.Ago(TimeSpan.FromSeconds(seconds)));
}
