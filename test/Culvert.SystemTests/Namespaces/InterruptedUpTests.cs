using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Namespaces;

/// <summary>What is left when <c>up</c> or <c>down</c> is ended at a moment that nobody chose.</summary>
public sealed class InterruptedUpTests(StackHost host, ITestOutputHelper output) : IClassFixture<StackHost>
{
    private const int HangUp = 1;
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Moments = 10;

    // An `up` that nobody interrupts takes about 300 ms.
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan UntilStarted = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_ten_random_moments_down_leaves_nothing()
    {
        await host.StartAfreshAsync(Token);
        foreach (var moment in RandomMoments())
        {
            await EndAfterAsync(moment, Kill, ["up"]);
            StackHost.Succeeded(await host.Culvert.DownAsync(Token));
            await host.AssertNothingIsLeftAsync(Token);
        }
    }

    [Fact]
    public async Task Killed_at_ten_random_moments_the_next_up_brings_it_up()
    {
        await host.StartAfreshAsync(Token);
        foreach (var moment in RandomMoments())
        {
            await EndAfterAsync(moment, Kill, ["up"]);
            StackHost.Succeeded(await host.Culvert.UpAsync(Token));
            Assert.Equal(8, (await host.LookAsync(Token)).Pids.Count);
            StackHost.Succeeded(await host.Culvert.DownAsync(Token));
        }

        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task Interrupted_at_ten_random_moments_it_cleans_up_itself()
    {
        await host.StartAfreshAsync(Token);
        // So that it never ends by itself before it is interrupted.
        host.Lab.Exit1.Silence();
        host.Lab.Exit2.Silence();
        try
        {
            foreach (var moment in RandomMoments())
            {
                await EndAfterAsync(moment, Interrupt, ["up"]);
                await host.AssertNothingIsLeftAsync(Token);
            }
        }
        finally
        {
            host.Lab.Exit1.Resume();
            host.Lab.Exit2.Resume();
        }
    }

    [Fact]
    public async Task Down_killed_at_ten_random_moments_is_finished_by_the_next_down()
    {
        await host.StartAfreshAsync(Token);
        foreach (var moment in RandomMoments())
        {
            StackHost.Succeeded(await host.Culvert.UpAsync(Token));
            await EndAfterAsync(moment, Kill, ["down"]);
            StackHost.Succeeded(await host.Culvert.DownAsync(Token));
            await host.AssertNothingIsLeftAsync(Token);
        }
    }

    [Fact]
    public async Task A_change_that_was_killed_at_a_random_moment_is_made_by_the_next_up()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        var open = false;
        foreach (var moment in RandomMoments())
        {
            open = !open;
            host.Configure($"{StackInput.Yaml}proxy: {{destinations: {(open ? "public" : "llm")}}}\n");
            await EndAfterAsync(moment / 2, Kill, ["up"]);
            StackHost.Succeeded(await host.Culvert.UpAsync(Token));
            Assert.Equal(open ? "200" : "403", await AskProxyAsync());
        }
    }

    [Theory]
    [InlineData(Terminate)]
    [InlineData(Interrupt)]
    [InlineData(HangUp)]
    public async Task In_the_foreground_a_signal_takes_it_down(int signal)
    {
        await host.StartAfreshAsync(Token);
        await using var up = await host.Culvert.StartAsync(["up", "--foreground"], LabCommandOptions.None, Token);
        await up.WaitForLineAsync(line => line.Contains("culvert is up", StringComparison.Ordinal), Patience, Token);
        var status = StackHost.Succeeded(await host.Culvert.StatusAsync(Token));
        Assert.DoesNotContain("keeper", status.Output, StringComparison.Ordinal);
        up.Signal(signal);
        StackHost.Succeeded(await up.WaitAsync(Patience, Token));
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Fact]
    public async Task An_up_that_finds_the_stack_whole_leaves_it_so_when_interrupted()
    {
        await host.StartAfreshAsync(Token);
        StackHost.Succeeded(await host.Culvert.UpAsync(Token));
        var before = await host.LookAsync(Token);
        foreach (var moment in RandomMoments())
        {
            await EndAfterAsync(moment / 4, Interrupt, ["up"]);
        }

        Assert.Empty((await host.LookAsync(Token)).ReplacedSince(before));
        StackHost.Succeeded(await host.Culvert.StatusAsync(Token));
    }

    /// <summary>As a terminal ends a program: the whole process group gets the signal, so also what the program has just started.</summary>
    private async Task EndAfterAsync(TimeSpan moment, int signal, string[] command)
    {
        var options = new LabCommandOptions { WorkingDirectory = StackInput.Folder };
        await using var running = await host.Host.StartAsync("setsid", [host.Culvert.Path, .. command], options, Token);
        // The moment is the point here, not a condition.
        await Task.Delay(moment, Token);
        // The program and its group may not be there yet.
        while (!running.HasExited && !(running.Pid is { } pid && LabProcessTable.Signal(signal == Kill ? pid : -pid, signal)))
        {
            await Task.Delay(UntilStarted, Token);
        }

        var result = await running.WaitAsync(Patience, Token);
        Assert.False(result.TimedOut, result.Describe());
        output.WriteLine($"{moment.TotalMilliseconds,4:0} ms: exit code {result.ExitCode}: {result.Output.Trim().ReplaceLineEndings(" | ")} {result.Error.Trim()}");
    }

    private async Task<string> AskProxyAsync()
    {
        var result = await host.Culvert.RunAsync(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_connect}", "--proxy", "http://127.0.0.1:1090", "https://api.ipify.org/"], app: false, Patience, Token);
        return result.Output;
    }

    /// <summary>One in each tenth of the span, in order.</summary>
    private List<TimeSpan> RandomMoments()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Moments).Select(tenth => (tenth + random.NextDouble()) * Span / Moments)];
    }
}
