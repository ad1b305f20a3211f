using Culvert.Linux;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class UnitKeeperTests
{
    private const string Stays = "exec sleep 1000";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Gate = TimeSpan.FromMilliseconds(25);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_fails_is_started_again_after_twice_as_long_each_time()
    {
        await using var kept = new KeptUnit("exit 3");
        _ = kept.Keep();
        foreach (var delay in new[] { 200, 400, 800 })
        {
            Assert.Equal("proxy: started as PID", await kept.NextLineAsync(Token));
            Assert.Equal($"proxy: PID ended with exit code 3; starting it again in {delay} ms", await kept.NextLineAsync(Token));
            Assert.Equal(TimeSpan.FromMilliseconds(delay), await kept.Clock.NextWaitAsync(Token));
            kept.Clock.Advance(TimeSpan.FromMilliseconds(delay - 1));
            Assert.False(kept.HasMoreToSay);
            kept.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task One_that_was_asked_to_end_is_back_soon_however_often()
    {
        await using var kept = new KeptUnit("exit 0");
        _ = kept.Keep();
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal("proxy: started as PID", await kept.NextLineAsync(Token));
            Assert.EndsWith("starting it again in 200 ms", await kept.NextLineAsync(Token), StringComparison.Ordinal);
            kept.Clock.Advance(await kept.Clock.NextWaitAsync(Token));
        }
    }

    [Fact]
    public async Task One_that_is_killed_after_it_ran_for_a_while_is_back_soon()
    {
        // Fails twice, then stays.
        await using var kept = new KeptUnit("echo >>$CULVERT_RUN/starts; [ $(wc -l <$CULVERT_RUN/starts) -gt 2 ] || exit 1; exec sleep 1000");
        _ = kept.Keep();
        foreach (var delay in new[] { 200, 400 })
        {
            await kept.NextLineAsync(Token);
            Assert.EndsWith($"starting it again in {delay} ms", await kept.NextLineAsync(Token), StringComparison.Ordinal);
            kept.Clock.Advance(await kept.Clock.NextWaitAsync(Token));
        }

        Assert.Equal("proxy: started as PID", await kept.NextLineAsync(Token));
        kept.Clock.Advance(BackOff.Healthy);
        Signals.Send(kept.Record.Pid, Signals.Kill);
        Assert.Equal("proxy: PID was killed by signal 9; starting it again in 200 ms", await kept.NextLineAsync(Token));
    }

    [Fact]
    public async Task The_record_tells_how_often_it_was_started_again_and_how_the_last_one_ended()
    {
        await using var kept = new KeptUnit(Stays);
        _ = kept.Keep();
        await kept.NextLineAsync(Token);
        var first = kept.Record;
        Assert.Equal((0, null, kept.Clock.GetUtcNow()), (first.Restarts, first.LastEnd, first.StartedAt));
        Assert.True(first.Identity.IsAlive);

        Signals.Send(first.Pid, Signals.Kill);
        await kept.NextLineAsync(Token);
        kept.Clock.Advance(await kept.Clock.NextWaitAsync(Token));
        await kept.NextLineAsync(Token);
        var second = kept.Record;
        Assert.Equal((1, $"pid {first.Pid} was killed by signal 9", kept.Clock.GetUtcNow()), (second.Restarts, second.LastEnd, second.StartedAt));
        Assert.NotEqual(first.Identity, second.Identity);
    }

    [Fact]
    public async Task One_that_runs_already_is_adopted_and_kept()
    {
        await using var kept = new KeptUnit(Stays);
        var running = kept.NewKeeper().Start(lastEnd: null);
        await kept.NextLineAsync(Token);
        _ = kept.Keep();
        Signals.Send(running.Pid, Signals.Kill);
        Assert.Equal("proxy: PID was killed by signal 9; starting it again in 200 ms", await kept.NextLineAsync(Token));
    }

    [Fact]
    public async Task One_that_was_started_and_never_written_down_is_found_by_its_mark()
    {
        await using var kept = new KeptUnit(Stays);
        var running = kept.NewKeeper().Start(lastEnd: null);
        await kept.NextLineAsync(Token);
        File.Delete(kept.Places.RecordOf("proxy"));
        // The mark is in the environment of the program, which the new process becomes a moment after it was started.
        ProcessRecord? found;
        while ((found = kept.NewKeeper().Adopt()) is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), Token);
        }

        Assert.Equal(running.Identity, found.Identity);
        Assert.Equal("proxy: found running as PID", await kept.NextLineAsync(Token));
        Assert.Equal(running.Identity, kept.Record.Identity);
    }

    [Fact]
    public async Task A_later_process_with_the_pid_on_record_is_not_taken_for_it()
    {
        await using var kept = new KeptUnit("exit 0");
        new ProcessRecord("proxy", Environment.ProcessId, 1, kept.Clock.GetUtcNow(), 0, null).Write(kept.Places.RecordOf("proxy"));
        Assert.Null(kept.NewKeeper().Adopt());
    }

    [Fact]
    public async Task Nothing_is_started_before_the_file_that_it_waits_for_is_there()
    {
        await using var kept = new KeptUnit(Stays);
        kept.Unit = kept.Unit with { WaitsFor = kept.PathOf("gate") };
        _ = kept.Keep();
        for (var look = 0; look < 3; look++)
        {
            Assert.Equal(Gate, await kept.Clock.NextWaitAsync(Token));
            Assert.False(kept.HasMoreToSay);
            kept.Clock.Advance(Gate);
        }

        Assert.Equal(Gate, await kept.Clock.NextWaitAsync(Token));
        File.WriteAllText(kept.PathOf("gate"), "");
        kept.Clock.Advance(Gate);
        Assert.Equal("proxy: started as PID", await kept.NextLineAsync(Token));
    }

    [Fact]
    public async Task What_the_last_one_told_is_gone_before_the_next_starts()
    {
        await using var kept = new KeptUnit("[ ! -e $CULVERT_RUN/stale ] || exit 5; exit 4");
        kept.Unit = kept.Unit with { Stale = kept.PathOf("stale") };
        File.WriteAllText(kept.PathOf("stale"), "connected");
        _ = kept.Keep();
        await kept.NextLineAsync(Token);
        Assert.StartsWith("proxy: PID ended with exit code 4", await kept.NextLineAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_by_name_and_tried_again()
    {
        await using var kept = new KeptUnit("");
        kept.Unit = kept.Unit with { CommandLine = ["no-such-program"] };
        _ = kept.Keep();
        foreach (var delay in new[] { 200, 400 })
        {
            var line = await kept.NextLineAsync(Token);
            Assert.Contains("no-such-program", line, StringComparison.Ordinal);
            Assert.EndsWith($"starting it again in {delay} ms", line, StringComparison.Ordinal);
            kept.Clock.Advance(await kept.Clock.NextWaitAsync(Token));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_started_in_a_stack_that_is_being_taken_down(bool marked)
    {
        await using var kept = new KeptUnit(Stays);
        TakeDown(kept, marked);
        await kept.Keep().WaitAsync(Patience, Token);
        Assert.False(kept.HasMoreToSay);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_ends_because_the_stack_is_taken_down_stays_ended(bool marked)
    {
        await using var kept = new KeptUnit(Stays);
        var keeping = kept.Keep();
        await kept.NextLineAsync(Token);
        var pid = kept.Record.Pid;
        TakeDown(kept, marked);
        Signals.Send(pid, Signals.Kill);
        Assert.Contains("was killed by signal 9", await kept.NextLineAsync(Token), StringComparison.Ordinal);
        kept.Clock.Advance(await kept.Clock.NextWaitAsync(Token));
        await keeping.WaitAsync(Patience, Token);
        Assert.False(kept.HasMoreToSay);
    }

    private static void TakeDown(KeptUnit kept, bool marked)
    {
        if (marked)
        {
            File.WriteAllText(kept.Places.Stopping, "");
        }
        else
        {
            Directory.Delete(kept.Places.Pids, recursive: true);
        }
    }
}
