using System.Collections.Concurrent;
using Culvert.Linux;
using Culvert.Proxy.Pair;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Proxy.Pair;

public sealed class ProgramKeeperTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = new();
    private readonly Lines lines = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // A mother and a helper, as Dante has; a signal of the tests' own makes it read its configuration again.
    private PairProgram Program => new("fake", "sh", ["-c", "trap 'echo reloaded' USR1; sh -c 'while :; do sleep 0.1; done' & echo started; while :; do sleep 0.1; done"], 10, lines);

    [Fact]
    public async Task One_that_is_killed_is_started_again_and_nothing_of_it_is_left_at_the_end()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var mark = $"CULVERT_RUN={folder.Path}";
        var keeper = new ProgramKeeper(Program, folder.Path, folder.Path, TextWriter.Null, TimeProvider.System);
        var keeping = keeper.KeepAsync(ending.Token);
        await WaitAsync(() => lines.Count("started") == 1 && Program.Running(mark).Count() == 2);
        var first = Program.Running(mark).ToList();

        keeper.Reload();
        await WaitAsync(() => lines.Count("reloaded") == 1);

        // The helper alone would go on and hold the port.
        Signals.Send(first.Min(), Signals.Kill);
        await WaitAsync(() => lines.Count("started") == 2 && Program.Running(mark).Count() == 2);
        Assert.Empty(Program.Running(mark).Intersect(first));

        await ending.CancelAsync();
        await keeping;
        Assert.Empty(Program.Running(mark));
    }

    [Fact]
    public async Task One_that_cannot_be_started_is_tried_again_and_said()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var said = new StringWriter();
        var keeping = new ProgramKeeper(Program with { Executable = "no-such-program" }, folder.Path, folder.Path, TextWriter.Synchronized(said), TimeProvider.System).KeepAsync(ending.Token);
        await WaitAsync(() => $"{said}".Contains("starting it again in 400 ms", StringComparison.Ordinal));
        await ending.CancelAsync();
        await keeping;
        Assert.Contains("cannot start no-such-program", $"{said}", StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static async Task WaitAsync(Func<bool> condition)
    {
        var until = DateTimeOffset.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTimeOffset.UtcNow < until, "it did not come in time");
            await Task.Delay(10, Token);
        }
    }

    private sealed class Lines : IProgramLog
    {
        private readonly ConcurrentQueue<string> seen = new();

        public int Count(string line) => seen.Count(one => one == line);

        public string? Rewrite(string line)
        {
            seen.Enqueue(line);
            return null;
        }
    }
}
