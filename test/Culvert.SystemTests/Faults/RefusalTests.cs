using System.Globalization;
using System.Text.RegularExpressions;

namespace Culvert.SystemTests.Faults;

/// <summary>What the guard refuses is told of, in the tunnel role's log.</summary>
public sealed partial class RefusalTests
{
    private const int Flood = 3000;

    // One datagram past the tunnel to each port; a refused one is an error of the call. Two seconds for a flood: the rule logs twenty at once, and ten a second.
    private const string Send = """
        import os, socket, sys, time
        for port in range(int(sys.argv[1]), int(sys.argv[2])):
            try:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
                    talk.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"uplink0")
                    talk.sendto(b"x", ("198.51.100.20", port))
            except OSError: pass
            time.sleep(0.0005)
        print(os.getuid())
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_51_a_refused_packet_is_an_event_with_uid_and_destination_and_a_flood_is_limited_in_the_log_and_exact_in_the_counter()
    {
        await using var stack = await RunningStack.StartAsync();
        Assert.DoesNotContain("198.51.100.20:4711", await LogAsync(stack), StringComparison.Ordinal);
        var uid = await SendAsync(stack, 4711, 4712);
        await RunningStack.WaitForAsync("the refusal is told of", async () => (await LogAsync(stack)).Contains($"tunnel: the guard refused UDP to 198.51.100.20:4711 from uid {uid}", StringComparison.Ordinal));

        var before = await CountAsync(stack);
        await SendAsync(stack, 10000, 10000 + Flood);
        Assert.InRange(await CountAsync(stack) - before, Flood, Flood + 20);
        await RunningStack.WaitForAsync("the flood is told of", async () => (await LogAsync(stack)).Contains("the guard refuses more than 20 different things a minute", StringComparison.Ordinal));
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        Assert.InRange((await LogAsync(stack)).Split('\n').Count(line => line.Contains("the guard refuse", StringComparison.Ordinal)), 21, 42);
    }

    private static async Task<string> SendAsync(RunningStack stack, int first, int end)
    {
        var sent = await stack.PythonAsDevAsync(Send, first.ToString(CultureInfo.InvariantCulture), end.ToString(CultureInfo.InvariantCulture));
        Assert.True(sent.Succeeded, sent.Describe());
        return sent.Output.Trim();
    }

    private static Task<string> LogAsync(RunningStack stack) => File.ReadAllTextAsync(stack.Lab.Host.PathOf("/run/culvert/culvert/logs/tunnel.log"), Token);

    private static async Task<int> CountAsync(RunningStack stack) =>
        int.Parse(Counter().Match(await stack.AsRootInsideAsync("nft", "list", "chain", "inet", "culvert", "refuse")).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"counter packets (\d+)")]
    private static partial Regex Counter();
}
