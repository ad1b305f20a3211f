using System.Diagnostics;
using Culvert.Lab.Sandboxing;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>Whoever waits for something that went through a tunnel that is gone is told so, not left to a timeout.</summary>
public sealed class LostTunnelTests
{
    private const string Nowhere = "table ip nowhere {\n chain forward {\n type filter hook forward priority 0; policy drop;\n }\n}\n";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_53_a_name_that_was_never_asked_for_is_refused_within_a_second()
    {
        await using var stack = await RunningStack.StartAsync();
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        Assert.NotEqual("", await LookupsAsync(stack));

        // The exits live, so nobody resets the resolver's connection; what comes out of their tunnels goes nowhere.
        await Task.WhenAll(stack.Lab.Exit1.Place.RequireAsync("nft", ["-f", "-"], Token, Nowhere), stack.Lab.Exit2.Place.RequireAsync("nft", ["-f", "-"], Token, Nowhere));
        await stack.WaitForTunnelDownAsync();
        var clock = Stopwatch.StartNew();
        var answer = await stack.Culvert.RunAsync(["dig", "+tries=1", "+time=10", "@127.0.0.1", "never-asked-for.example"], app: false, Longest, Token);
        Assert.Contains("status: SERVFAIL", answer.Output, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1);
    }

    [Fact]
    public async Task A_silent_stream_through_an_exit_that_died_ends_when_the_next_one_serves()
    {
        await using var stack = await RunningStack.StartAsync();
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        // Neither end has anything to say, so neither would ever learn.
        await using var stream = await stack.Culvert.StartInsideAsync(
            ["nc", "-d", "-X", "connect", "-x", "127.0.0.1:1090", "openrouter.ai", "80"], app: false, LabCommandOptions.None, Token);
        await RunningStack.WaitForAsync("the stream is established", async () => (await ConnectionsAsync(stack, "dport = :80")).Length > 0);
        await stack.Lab.Exit1.Place.RequireAsync("nft", ["-f", "-"], Token, Nowhere);
        await RunningStack.WaitForAsync("dev's calls leave at exit2", async () => await stack.ExitSeenByDevAsync() == "203.0.113.12");
        var clock = Stopwatch.StartNew();
        await stream.WaitAsync(Longest, Token);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1);
    }

    private static Task<string> LookupsAsync(RunningStack stack) => ConnectionsAsync(stack, "dport = :853");

    private static async Task<string> ConnectionsAsync(RunningStack stack, string filter) =>
        (await stack.Culvert.RunAsync(["ss", "-Htn", "state", "established", filter], app: false, Longest, Token)).Output;
}
