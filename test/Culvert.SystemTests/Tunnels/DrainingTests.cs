using Culvert.Lab.Sandboxing;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>A planned change of exit, and what becomes of a stream that lives then.</summary>
public sealed class DrainingTests
{
    private const int Hangup = 1;
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

        // 40 ms between two words: eight seconds.
        await using var stream = await stack.Culvert.StartInsideAsync(
            ["curl", "-sSN", "--max-time", "20", "-H", "Authorization: Bearer lab", "-d", """{"stream":true,"max_tokens":200}""", "https://api.openai.com/v1/chat/completions"],
            app: false,
            LabCommandOptions.None,
            Token);
        await stream.WaitForLineAsync(line => line.StartsWith("data: ", StringComparison.Ordinal), Longest, Token);
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
        Assert.Equal(!inHurry, ended.Succeeded && ended.Output.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
        await RunningStack.WaitForAsync("dev's calls leave at exit2", async () => await stack.ExitSeenByDevAsync() == "203.0.113.12");
        await RunningStack.WaitForAsync("status explains", async () =>
            (await stack.Culvert.StatusAsync(Token)).Output.Contains("exit1 is not used: OpenAI does not serve this exit's region (HTTP 403)", StringComparison.Ordinal));
    }

    private static void Signal(RunningStack stack, int signal) =>
        Assert.Single(stack.Lab.Host.Processes, process => process.CommandLine is [_, "tunnel", "--config", ..]).Signal(signal);
}
