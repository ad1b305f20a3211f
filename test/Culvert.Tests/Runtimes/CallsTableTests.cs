using Culvert.Runtimes;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes;

public sealed class CallsTableTests
{
    private static readonly DatagramsReport Quiet = new(0, 0, 0, new Dictionary<string, long>());

    [Fact]
    public void The_lines_with_most_calls_come_first_and_dev_is_called_so()
    {
        var calls = new CallsReport(1, [new("172.30.98.3", "openai", "relayed", 2, 999, 1500), new("127.0.0.1", "other", "policy-denied", 7, 0, 0)], Quiet);
        Assert.Equal(
            [["dev", "other", "policy-denied", "7", "0 B", "0 B"], ["172.30.98.3", "openai", "relayed", "2", "999 B", "1.5 kB"]],
            CallsTable.Rows(calls));
        Assert.All(CallsTable.Rows(calls), row => Assert.Equal(CallsTable.Header.Count, row.Count));
        Assert.Null(CallsTable.Rest(calls));
    }

    [Fact]
    public void A_long_list_is_cut_and_says_so()
    {
        var calls = new CallsReport(0, [.. Enumerable.Range(1, 20).Select(number => new CallsLine($"user{number}", "other", "relayed", number, 0, 0))], Quiet);
        Assert.Equal(12, CallsTable.Rows(calls).Count);
        Assert.Equal("and 8 more lines; `culvert status --json` has all", CallsTable.Rest(calls));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1_234_567, "1.2 MB")]
    [InlineData(5_000_000_000_000_000, "5000.0 TB")]
    public void Bytes_are_told_in_their_largest_unit(long bytes, string expected) => Assert.Equal(expected, CallsTable.Size(bytes));
}
