using System.Diagnostics;
using Culvert.Linux;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Linux;

public sealed class SubprocessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_output_error_and_exit_code_and_hands_arguments_on_as_they_are()
    {
        var result = await Subprocess.RunAsync("sh", ["-c", "cat; echo \"$1\" >&2; exit 3", "sh", "a b;$(c)"], Token, input: "in");
        Assert.Equal((3, "in", "a b;$(c)\n", false), (result.ExitCode, result.Output, result.Error, result.TimedOut));
        Assert.EndsWith("ended with exit code 3: a b;$(c)", result.Describe());
    }

    [Fact]
    public async Task One_that_must_succeed_and_does_not_throws_what_it_said()
    {
        var failure = await Assert.ThrowsAsync<SubprocessFailedException>(() => Subprocess.RequireAsync("sh", ["-c", "echo because >&2; exit 1"], Token));
        Assert.Contains("because", failure.Message);
        Assert.Equal(1, failure.Result.ExitCode);
    }

    [Fact]
    public async Task A_missing_program_is_named()
    {
        var failure = await Assert.ThrowsAsync<SubprocessFailedException>(() => Subprocess.RunAsync("no-such-program", [], Token));
        Assert.Contains("cannot start no-such-program", failure.Message);
    }

    [Fact]
    public async Task One_that_does_not_read_its_input_is_no_error()
    {
        var result = await Subprocess.RunAsync("true", [], Token, input: new string('x', 1 << 20));
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task Past_its_deadline_it_and_its_children_are_killed()
    {
        using var folder = new TemporaryFolder();
        var result = await Subprocess.RunAsync(
            "sh", ["-c", $"sleep 1000 & echo $! > {folder.PathOf("pid")}; wait"], Token, deadline: TimeSpan.FromMilliseconds(300));
        Assert.Equal((true, -1), (result.TimedOut, result.ExitCode));
        Assert.Contains("did not finish within its deadline", result.Describe());
        await AssertEndsAsync(int.Parse(await File.ReadAllTextAsync(folder.PathOf("pid"), Token)));
    }

    [Fact]
    public async Task Cancelled_it_is_killed_and_throws()
    {
        using var folder = new TemporaryFolder();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = Subprocess.RunAsync("sh", ["-c", $"echo $$ > {folder.PathOf("next")}; mv {folder.PathOf("next")} {folder.PathOf("pid")}; exec sleep 1000"], cancelled.Token);
        while (!File.Exists(folder.PathOf("pid")))
        {
            await Task.Delay(5, Token);
        }

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await AssertEndsAsync(int.Parse(await File.ReadAllTextAsync(folder.PathOf("pid"), Token)));
    }

    private static async Task AssertEndsAsync(int pid)
    {
        var started = Stopwatch.GetTimestamp();
        while (ProcessState.Read(pid) is { IsZombie: false })
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), $"process {pid} still runs");
            await Task.Delay(5, Token);
        }
    }
}
