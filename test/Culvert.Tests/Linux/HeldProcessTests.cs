using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class HeldProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_line_by_line_and_ends_with_its_input()
    {
        await using var process = HeldProcess.Start(["cat"]);
        await process.WriteLineAsync("a", Token);
        Assert.Equal("a", await process.ReadLineAsync(Token));
        await process.WriteLineAsync("b", Token);
        var result = await process.CloseAsync(Deadline, Token);
        Assert.Equal((0, "b\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task One_that_ends_before_it_says_a_line_throws_its_error()
    {
        await using var process = HeldProcess.Start(["sh", "-c", "echo because >&2; exit 4"]);
        var failure = await Assert.ThrowsAsync<SubprocessFailedException>(() => process.ReadLineAsync(Token));
        Assert.Equal(4, failure.Result.ExitCode);
        Assert.Contains("because", failure.Message);
    }

    [Fact]
    public async Task One_that_does_not_end_with_its_input_runs_into_the_deadline_and_is_killed_at_last()
    {
        var process = HeldProcess.Start(["sh", "-c", "echo up; exec sleep 1000"]);
        await process.ReadLineAsync(Token);
        Assert.True((await process.CloseAsync(TimeSpan.FromMilliseconds(100), Token)).TimedOut);
        var pid = process.Id;
        await process.DisposeAsync();
        Assert.Null(ProcessState.Read(pid));
    }

    [Fact]
    public void A_missing_program_is_named() =>
        Assert.Contains("cannot start no-such-program", Assert.Throws<SubprocessFailedException>(() => HeldProcess.Start(["no-such-program"])).Message);
}
