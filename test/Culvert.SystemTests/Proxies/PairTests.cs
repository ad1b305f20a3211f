using System.Diagnostics;
using System.Globalization;
using Culvert.Lab.Run;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Proxies;

/// <summary>A stack with Dante and Tinyproxy through its life: exits change, programs and the role die, users are asked for.</summary>
public sealed class PairTests(ITestOutputHelper output)
{
    private const int AttemptsBeforeTheLimit = 10;
    private static readonly string[] DevsProxies = ["http://127.0.0.1:1090", "socks5h://127.0.0.1:1080"];
    private static readonly string[] Programs = ["danted", "tinyproxy"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EngineStack.Culvert)]
    [InlineData(EngineStack.Pair)]
    public async Task Fault_49_wrong_passwords(string engine)
    {
        await using var stack = await RunningStack.PrepareAsync();
        const UnixFileMode secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        stack.Lab.Host.WriteFile($"{StackInput.Folder}/alice", "right-one\n", secret);
        stack.Lab.Host.WriteFile(StackInput.File, EngineStack.Yaml(engine, "  users: { alice: alice }\n"));
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        var isPair = engine == EngineStack.Pair;
        async Task<LabCommandResultView> CallAsync(string proxy)
        {
            var call = await stack.Culvert.RunAsync(
                ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "5", "--proxy", proxy, "http://openrouter.ai/ip"], app: true, TimeSpan.FromSeconds(10), Token);
            return new(call.Output, call.ExitCode, call.Error);
        }

        Assert.Equal("200", (await CallAsync("http://alice:right-one@vpn:1090")).Output);
        Assert.Equal("407", (await CallAsync("http://vpn:1090")).Output);
        Assert.Equal(isPair ? "401" : "407", (await CallAsync("http://alice:wrong@vpn:1090")).Output);
        // Dante cannot check the password, so it lets nobody through: not without, and not with the right one either.
        Assert.Equal(97, (await CallAsync("socks5h://vpn:1080")).ExitCode);
        var socks = await CallAsync("socks5h://alice:right-one@vpn:1080");
        Assert.Equal(isPair ? "000" : "200", socks.Output);
        Assert.True(!isPair || socks.Error.Contains("(2)", StringComparison.Ordinal), socks.Error);

        var verify = await stack.Culvert.VerifyAsync(Token, "--check", "exit-address", "--check", "secrets-in-logs");
        Assert.True(verify.Succeeded, verify.Output);

        // Culvert slows down who guesses; Tinyproxy answers as often as it is asked.
        for (var attempt = 0; attempt < AttemptsBeforeTheLimit; attempt++)
        {
            await CallAsync("http://alice:wrong@vpn:1090");
        }

        Assert.Equal(isPair ? "401" : "429", (await CallAsync("http://alice:wrong@vpn:1090")).Output);
        Assert.Equal(isPair ? "200" : "429", (await CallAsync("http://alice:right-one@vpn:1090")).Output);

        var everywhere = stack.Lab.Host.Processes.SelectMany(process => process.CommandLine);
        Assert.DoesNotContain(everywhere, word => word.Contains("right-one", StringComparison.Ordinal));
        Assert.DoesNotContain("right-one", await File.ReadAllTextAsync(stack.Lab.Host.PathOf("/run/culvert/culvert/logs/proxy.log"), Token), StringComparison.Ordinal);
        if (isPair)
        {
            var file = stack.Lab.Host.PathOf("/run/culvert/culvert/proxy/tinyproxy.conf");
            Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task Fault_53_with_the_tunnel_down_the_pair_answers_within_a_second_leaks_nothing_and_follows_the_next_exit()
    {
        await using var stack = await EngineStack.StartAsync(EngineStack.Pair);
        await AssertExitAsync(stack, stack.Stack.Lab.Exit1);
        await Task.WhenAll(stack.Stack.Lab.Exit1.StopAsync(), stack.Stack.Lab.Exit2.StopAsync());
        await stack.Stack.WaitForTunnelDownAsync();
        var before = await stack.Stack.CountAsync();
        foreach (var (proxy, answer) in new[] { ("socks5h://127.0.0.1:1080", "000"), ("http://127.0.0.1:1090", "500") })
        {
            foreach (var url in new[] { "http://openrouter.ai/ip", $"http://{EngineStack.Origin}/" })
            {
                var call = await stack.TimeAsync(proxy, url);
                output.WriteLine($"{proxy}, {url}: {call.Output} {call.Error}");
                Assert.StartsWith(answer, call.Output, StringComparison.Ordinal);
                Assert.InRange(double.Parse(call.Output.Split(' ')[1], CultureInfo.InvariantCulture), 0, 1);
            }
        }

        var seen = (await stack.Stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");

        // Another exit, another address of tun0: both programs dial from that.
        await stack.Stack.Lab.Exit2.StartAsync(ExitOptions.Default, Token);
        await stack.Stack.WaitForStatusAsync(holds: true);
        var came = Stopwatch.StartNew();
        await RunningStack.WaitForAsync("both proxies call by the second exit", async () => await ExitsAsync(stack) is [var http, var socks] && http == socks && http == $"{stack.Stack.Lab.Exit2.Address}");
        output.WriteLine($"calls by both proxies {came.Elapsed.TotalSeconds:0.0} s after the tunnel was up");
        Assert.Contains("Bind 10.8.2.", await File.ReadAllTextAsync(stack.Host.PathOf("/run/culvert/culvert/proxy/tinyproxy.conf"), Token), StringComparison.Ordinal);
        await stack.Stack.AssertSeenWithoutGuardAsync();
    }

    [Theory]
    [InlineData("danted")]
    [InlineData("tinyproxy")]
    [InlineData("culvert")]
    public async Task What_is_killed_comes_back_alone(string victim)
    {
        await using var stack = await EngineStack.StartAsync(EngineStack.Pair);
        int[] Pids(string name) => [.. stack.Proxies().Where(process => process.Name == name).Select(process => process.Pid)];
        var before = Programs.ToDictionary(name => name, Pids);
        var role = Assert.Single(Victim.Proxy.In(stack.Host));
        if (victim == "culvert")
        {
            role.Kill();
        }
        else
        {
            // The lowest pid is the mother's; its helpers have to go with it.
            stack.Proxies().Where(process => process.Name == victim).MinBy(process => process.Pid)!.Kill();
        }

        await RunningStack.WaitForAsync("others run in its place and both proxies call", async () =>
            Programs.All(name => Pids(name).Length > 0 && (victim != name && victim != "culvert" || !Pids(name).Intersect(before[name]).Any()))
            && await ExitsAsync(stack) is [var http, var socks] && http == socks && http == $"{stack.Stack.Lab.Exit1.Address}");
        Assert.All(Programs.Where(name => name != victim && victim != "culvert"), name => Assert.NotEmpty(Pids(name).Intersect(before[name])));
        Assert.Equal(victim == "culvert", Assert.Single(Victim.Proxy.In(stack.Host)).Pid != role.Pid);

        await stack.Stack.WaitForStatusAsync(holds: true);
    }

    [Fact]
    public async Task A_role_that_is_told_to_end_lets_streams_finish()
    {
        await using var stack = await EngineStack.StartAsync(EngineStack.Pair);
        var streams = DevsProxies.Select(proxy => stack.FetchAsync(app: false, proxy, $"http://{EngineStack.Origin}/trickle")).ToList();
        await RunningStack.WaitForAsync("both streams have begun", () => Task.FromResult(stack.Arrived.Split("/trickle").Length > 2));
        var role = Assert.Single(Victim.Proxy.In(stack.Host));
        using var told = Process.Start("kill", $"{role.Pid}");
        await told.WaitForExitAsync(Token);
        Assert.All(await Task.WhenAll(streams), stream => Assert.EndsWith("4\n", stream.Output, StringComparison.Ordinal));
        await RunningStack.WaitForAsync("another role runs and serves", async () => Victim.Proxy.In(stack.Host) is [var next] && next.Pid != role.Pid && await stack.ServesAsync());
    }

    [Fact]
    public async Task Neither_program_has_a_capability_or_another_uid_and_verify_holds()
    {
        await using var stack = await EngineStack.StartAsync(EngineStack.Pair);
        var programs = stack.Proxies();
        Assert.Contains(programs, process => process.Name == "danted");
        Assert.Contains(programs, process => process.Name == "tinyproxy");
        foreach (var process in programs)
        {
            var status = await File.ReadAllLinesAsync($"/proc/{process.Pid}/status", Token);
            Assert.Contains("Uid:\t1090\t1090\t1090\t1090", status);
            Assert.All(["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"], set => Assert.Contains($"{set}:\t0000000000000000", status));
            Assert.Contains("NoNewPrivs:\t1", status);
            // One byte: no file, and no piped core_pattern either.
            Assert.Matches(process.Name == "culvert" ? "" : "Max core file size +[01] +[01] ", await File.ReadAllTextAsync($"/proc/{process.Pid}/limits", Token));
        }

        var folder = stack.Host.PathOf("/run/culvert/culvert/proxy");
        Assert.All(["danted.conf", "tinyproxy.conf"], file => Assert.DoesNotMatch("(?im)^ *(user|group)", File.ReadAllText($"{folder}/{file}")));
        var verify = await stack.Stack.Culvert.VerifyAsync(Token);
        Assert.True(verify.Succeeded, verify.Output);
    }

    [Fact]
    public async Task Real_clients_stream_through_both_programs_from_dev_and_app()
    {
        await using var stack = await EngineStack.StartAsync(EngineStack.Pair);
        var maker = new CallMaker(stack.Stack.Lab);
        foreach (var route in CallRoute.Through(stack.Stack.Culvert.Path).Where(route => route.Proxy is not null))
        {
            foreach (var client in LlmClient.All)
            {
                var call = await maker.CallAsync(client, route, LabAddresses.Providers[0], Token);
                Assert.True(call.Answered && call.Record?.Peer == $"{stack.Stack.Lab.Exit1.Address}", $"{client.Name}, {route.Source}, {route.Path}: {call.Detail}");
            }
        }
    }

    private static async Task AssertExitAsync(EngineStack stack, LabExit exit) => Assert.Equal([$"{exit.Address}", $"{exit.Address}"], await ExitsAsync(stack));

    private static async Task<string[]> ExitsAsync(EngineStack stack) =>
    [
        (await stack.FetchAsync(app: true, "http://vpn:1090", "http://openrouter.ai/ip")).Output.Trim(),
        (await stack.FetchAsync(app: true, "socks5h://vpn:1080", "http://openrouter.ai/ip")).Output.Trim(),
    ];

    private sealed record LabCommandResultView(string Output, int ExitCode, string Error);
}
