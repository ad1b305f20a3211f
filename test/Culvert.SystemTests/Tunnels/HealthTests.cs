using System.Diagnostics;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>Health by what the tunnel carries, and the exit that providers accept, through <c>culvert up</c>.</summary>
public sealed class HealthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tunnel_that_says_connected_and_carries_nothing_is_found_within_15_s_and_left(bool wireGuard)
    {
        await using var stack = wireGuard ? (await WireGuardStack.PrepareAsync()).Stack : await RunningStack.PrepareAsync();
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        var before = await stack.CountAsync();
        await using var load = await stack.StartLoadAsync();

        // The server lives and answers its own pings; what comes out of its tunnel goes nowhere.
        await stack.Lab.Exit1.Place.RequireAsync(
            "nft", ["-f", "-"], Token, "table ip nowhere {\n chain forward {\n type filter hook forward priority 0; policy drop;\n }\n}\n");
        var clock = Stopwatch.StartNew();
        await RunningStack.WaitForAsync("the tunnel at exit1 is given up", async () => !await SaysAsync(stack, "\"state\": \"Connected\"", "\"location\": \"exit1\""));
        var found = clock.Elapsed;
        await RunningStack.WaitForAsync("dev's calls leave at exit2", async () => await stack.ExitSeenByDevAsync() == "203.0.113.12");
        var mended = clock.Elapsed;
        TestContext.Current.TestOutputHelper?.WriteLine($"found after {found.TotalSeconds:0.0} s, calls answered after {mended.TotalSeconds:0.0} s");
        Assert.True(found < TimeSpan.FromSeconds(15), $"found after {found.TotalSeconds:0.0} s");
        await load.StopAsync(Token);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        await RunningStack.WaitForAsync("status explains", async () =>
            (await stack.Culvert.StatusAsync(Token)).Output.Contains("exit1 is not used: the client says connected, but nothing answers through the tunnel", StringComparison.Ordinal));
        await stack.AssertSeenWithoutGuardAsync();
    }

    /// <summary>As an exit does that has lost its own way out. QUIC begins with datagrams of this size, and the errors that answer them are large, too.</summary>
    [Fact]
    public async Task An_exit_that_answers_with_errors_is_found_within_15_s_while_large_datagrams_are_sent()
    {
        const string Datagrams = """
            import socket, time
            out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            print("sending", flush=True)
            while True:
                try: out.sendto(bytes(1200), ("198.51.100.20", 443))
                except OSError: pass  # between two exits
                time.sleep(0.01)
            """;
        await AssertLeftWhileSendingAsync(Datagrams, "counter reject with icmp net-unreachable");
    }

    /// <summary>Uploads that begin again and again are many small packets each way: no sign that the exit carries.</summary>
    [Fact]
    public async Task An_exit_that_resets_everything_is_found_within_15_s_under_uploads_that_begin_again()
    {
        const string Uploads = """
            import socket, threading, time
            def upload():
                while True:
                    try:
                        with socket.create_connection(("198.51.100.20", 443), 5) as out:
                            for _ in range(64): out.sendall(bytes(4096))
                    except OSError: pass  # reset, or between two exits
                    time.sleep(0.05)
            for _ in range(20): threading.Thread(target=upload).start()
            print("sending", flush=True)
            """;
        await AssertLeftWhileSendingAsync(Uploads, "meta l4proto tcp counter reject with tcp reset\n drop");
    }

    [Theory]
    [InlineData(false, "exit2-udp", "gave up waiting for the server to answer")]
    [InlineData(true, "stranger", "gave up waiting for the server's handshake")]
    public async Task Of_a_refused_a_dead_and_a_good_exit_the_good_one_is_chosen_and_status_explains_in_a_sentence(bool wireGuard, string dead, string why)
    {
        await using var stack = wireGuard ? (await WireGuardStack.PrepareAsync()).Stack : await RunningStack.PrepareAsync();
        stack.Lab.Providers.BlockRegionOf("openai", stack.Lab.Exit1.Address);
        if (wireGuard)
        {
            await WriteStrangerAsync(stack, dead);
            WireGuardStack.UseWireGuard(stack, $"exit1.conf, {dead}.conf, exit2.conf");
        }
        else
        {
            // Nobody speaks OpenVPN over UDP at exit2.
            stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace("[exit1.ovpn, exit2.ovpn]", $"[exit1.ovpn, {dead}.ovpn, exit2.ovpn]", StringComparison.Ordinal));
        }

        var before = await stack.CountAsync();
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        Assert.Equal("203.0.113.12", await stack.ExitSeenByDevAsync());
        var status = await stack.Culvert.StatusAsync(Token);
        Assert.True(status.Succeeded, status.Describe());
        Assert.Contains("the tunnel is connected to exit2 as ", status.Output, StringComparison.Ordinal);
        Assert.Contains($"\nexits: exit1 is not used: OpenAI does not serve this exit's region (HTTP 403); {dead} is not used: {why}\n", status.Output, StringComparison.Ordinal);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
    }

    [Fact]
    public async Task An_exit_that_a_provider_refuses_is_used_where_there_is_no_other()
    {
        await using var stack = await RunningStack.PrepareAsync();
        stack.Lab.Providers.BlockRegion(stack.Lab.Exit1.Address);
        stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace("[exit1.ovpn, exit2.ovpn]", "[exit1.ovpn]", StringComparison.Ordinal));
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        Assert.Contains("exit1 is used although OpenAI does not serve this exit's region (HTTP 403)", (await stack.Culvert.StatusAsync(Token)).Output, StringComparison.Ordinal);
    }

    /// <summary>The exit does with all that it should forward what <paramref name="rules"/> say, while dev runs <paramref name="program"/>, which says "sending".</summary>
    private static async Task AssertLeftWhileSendingAsync(string program, string rules)
    {
        await using var stack = await RunningStack.StartAsync();
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
        await using var sender = await stack.Culvert.StartInsideAsync([RepositoryFiles.Python, "-c", program], app: false, new(), Token);
        await sender.WaitForLineAsync(line => line == "sending", TimeSpan.FromSeconds(10), Token);
        var exit = stack.Lab.Exit1.Place;
        await exit.RequireAsync("sysctl", ["-qw", "net.ipv4.icmp_ratelimit=0"], Token);
        await exit.RequireAsync("nft", ["-f", "-"], Token, $"table ip nowhere {{\n chain forward {{\n type filter hook forward priority 0;\n {rules}\n }}\n}}\n");
        var clock = Stopwatch.StartNew();
        await RunningStack.WaitForAsync("dev's calls leave at exit2", async () => await stack.ExitSeenByDevAsync() == "203.0.113.12");
        TestContext.Current.TestOutputHelper?.WriteLine($"calls answered after {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 15);
        Assert.False(sender.HasExited, sender.Error);
        Assert.Matches(@"counter packets [1-9]\d{2,} ", await exit.RequireAsync("nft", ["list", "table", "ip", "nowhere"], Token));
    }

    /// <summary>A file with a key that the server of exit2 does not know: it says nothing, so to its client it is dead.</summary>
    private static async Task WriteStrangerAsync(RunningStack stack, string name)
    {
        var known = await File.ReadAllLinesAsync(stack.Lab.Host.PathOf($"{StackInput.Folder}/exit2.conf"), Token);
        var key = (await stack.Lab.Host.RequireAsync("wg", ["genkey"], Token)).Trim();
        var text = string.Join('\n', known.Select(line => line.StartsWith("PrivateKey", StringComparison.Ordinal) ? $"PrivateKey = {key}" : line));
        stack.Lab.Host.WriteFile($"{StackInput.Folder}/{name}.conf", text + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task<bool> SaysAsync(RunningStack stack, params string[] words)
    {
        var text = await File.ReadAllTextAsync(stack.Lab.Host.PathOf("/run/culvert/culvert/tunnel/state.json"), Token);
        return words.All(word => text.Contains(word, StringComparison.Ordinal));
    }
}
