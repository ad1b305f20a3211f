using System.Diagnostics;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>A planned change of exit, and what becomes of a stream that lives then.</summary>
public sealed class DrainingTests
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int User1 = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The control is a person in a hurry, who has the change made at once: then the stream breaks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_lives_ends_whole_before_an_exit_that_a_provider_starts_to_refuse_is_left(bool inHurry)
    {
        await using var stack = await RunningStack.StartAsync();
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());

        await using var stream = await StartStreamAsync(stack);
        stack.Lab.Providers.BlockRegion(stack.Lab.Exit1.Address);
        Signal(stack, User1);
        await RunningStack.WaitForAsync("status tells of the change to come", async () => (await stack.Culvert.StatusAsync(Token)).Output is var output
            && output.Contains("leaving exit1 for exit2 because OpenAI does not serve this exit's region (HTTP 403), ", StringComparison.Ordinal)
            && output.Contains(", after the streams that live or at ", StringComparison.Ordinal));
        Assert.False(stream.HasExited, stream.Output);
        if (inHurry)
        {
            Signal(stack, Hangup);
        }

        var ended = await stream.WaitAsync(Longest, Token);
        Assert.Equal(!inHurry, IsWhole(ended));
        await RunningStack.WaitForAsync("dev's calls leave at exit2", async () => await stack.ExitSeenByDevAsync() == "203.0.113.12");
        await RunningStack.WaitForAsync("status explains", async () =>
            (await stack.Culvert.StatusAsync(Token)).Output.Contains("exit1 is not used: OpenAI does not serve this exit's region (HTTP 403)", StringComparison.Ordinal));
    }

    /// <summary>The control is again a person in a hurry.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_lives_ends_whole_before_another_culvert_yaml_changes_the_exit(bool inHurry)
    {
        await using var stack = await RunningStack.StartAsync();
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        await using var stream = await StartStreamAsync(stack);
        // The other exit alone: the guard that is loaded for it has no place for the first one's carrier.
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace("exit1.ovpn, exit2.ovpn", "exit2.ovpn", StringComparison.Ordinal));
        var up = await stack.Culvert.UpAsync(Token, inHurry ? ["--now"] : []);
        Assert.True(up.Succeeded, up.Describe());
        Assert.Equal(!inHurry, up.Output.Contains("waiting for the streams that live, for 30 s at most", StringComparison.Ordinal));
        Assert.Equal("203.0.113.12", await stack.ExitSeenByDevAsync());
        Assert.Equal(!inHurry, IsWhole(await stream.WaitAsync(Longest, Token)));
    }

    [Fact]
    public async Task Who_interrupts_the_waiting_has_changed_nothing()
    {
        await using var stack = await RunningStack.StartAsync();
        await using var trial = await stack.StartTrialAsync();
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace("exit1.ovpn, exit2.ovpn", "exit2.ovpn", StringComparison.Ordinal));
        await using var up = await stack.Culvert.StartAsync(["up"], LabCommandOptions.None, Token);
        await up.WaitForLineAsync(line => line.Contains("waiting for the streams that live", StringComparison.Ordinal), Longest, Token);
        up.Signal(Interrupt);
        var ended = await up.WaitAsync(Longest, Token);
        Assert.True(ended.ExitCode == 1 && ended.Error.Contains("Interrupted; culvert stays up.", StringComparison.Ordinal), ended.Describe());
        Assert.Contains("exit1.ovpn", await File.ReadAllTextAsync(stack.Lab.Host.PathOf("/run/culvert/culvert/culvert.yaml"), Token), StringComparison.Ordinal);
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
    }

    /// <summary>Something that never ends is waited for no longer than the bound, and nothing is waited for where nothing flows.</summary>
    [Theory]
    [InlineData(true, 30, 50)]
    [InlineData(false, 5, 25)]
    public async Task A_changed_culvert_yaml_is_taken_on_within_the_bound(bool underLoad, int least, int most)
    {
        await using var stack = await RunningStack.StartAsync();
        await using var trial = underLoad ? await stack.StartTrialAsync() : null;
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace("exit1.ovpn, exit2.ovpn", "exit2.ovpn", StringComparison.Ordinal));
        var clock = Stopwatch.StartNew();
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
        Assert.Equal("203.0.113.12", await stack.ExitSeenByDevAsync());
    }

    /// <summary>40 ms between two words: eight seconds. It has begun when this returns.</summary>
    private static async Task<LabProcess> StartStreamAsync(RunningStack stack)
    {
        var stream = await stack.Culvert.StartInsideAsync(
            ["curl", "-sSN", "--max-time", "20", "-H", "Authorization: Bearer lab", "-d", """{"stream":true,"max_tokens":200}""", "https://api.openai.com/v1/chat/completions"],
            app: false,
            LabCommandOptions.None,
            Token);
        await stream.WaitForLineAsync(line => line.StartsWith("data: ", StringComparison.Ordinal), Longest, Token);
        return stream;
    }

    private static bool IsWhole(LabCommandResult ended) => ended.Succeeded && ended.Output.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal);

    private static void Signal(RunningStack stack, int signal) =>
        Assert.Single(stack.Lab.Host.Processes, process => process.CommandLine is [_, "tunnel", "--config", ..]).Signal(signal);
}
