using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Proxies;

/// <summary>
/// Cases of the conformance suite about the proxies, through real sockets against either engine. Where Dante and Tinyproxy do
/// something else than Culvert's engine, the test says what: docs/proxy-engines.md is its table.
/// </summary>
public sealed partial class EngineConformanceTests(EngineStacks stacks, ITestOutputHelper output) : IClassFixture<EngineStacks>
{
    private const int NotAllowedBySocks = 97;

    private static readonly string[] PrivateTargets =
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0", "[::1]", "169.254.169.254",
        "172.30.97.2", "172.30.97.100", "172.30.98.2", "10.8.1.1", "10.8.1.2", "100.64.0.1", "192.168.1.1", "224.0.0.1", "localhost", "any.localhost",
    ];

    public static TheoryData<string> Engines => [EngineStack.Culvert, EngineStack.Pair];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_39_private_targets_in_every_spelling_are_refused_by_both_proxies(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        foreach (var app in new[] { false, true })
        {
            var host = app ? "vpn" : "127.0.0.1";
            // The control: the same client reaches what is public.
            Assert.Equal("200", (await stack.CurlAsync(app, $"http://{host}:1090", "http://openrouter.ai/ip")).Output);
            Assert.Equal("200", (await stack.CurlAsync(app, $"socks5h://{host}:1080", "http://openrouter.ai/ip")).Output);
            // Tinyproxy takes names only: it cannot check where an address leads.
            Assert.Equal(stack.Expect("200", "403"), (await stack.CurlAsync(app, $"http://{host}:1090", "http://198.51.100.60/")).Output);
            Assert.Equal("200", (await stack.CurlAsync(app, $"socks5h://{host}:1080", "http://198.51.100.60/")).Output);
            foreach (var target in PrivateTargets)
            {
                var http = await stack.CurlAsync(app, $"http://{host}:1090", $"http://{target}/");
                Assert.True(http.Output == "403", $"{target} by HTTP: {http.Output} {http.Error}");
                var socks = await stack.CurlAsync(app, $"socks5h://{host}:1080", $"http://{target}/");
                // Dante knows neither IPv6 nor 0.0.0.0 as an address to go to.
                var expected = stack.IsPair && (target is "[::1]" or "0.0.0.0") ? "(8)" : "(2)";
                Assert.True(socks.ExitCode == NotAllowedBySocks && socks.Error.Contains(expected, StringComparison.Ordinal), $"{target} by SOCKS: {socks.Describe()}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_40_a_name_that_resolves_to_a_private_address_is_not_dialled(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        Assert.Equal("200", (await stack.CurlAsync(app: true, "http://vpn:1090", $"http://{EngineStack.Origin}/public-")).Output);
        var rebound = await stack.CurlAsync(app: true, "http://vpn:1090", "http://rebind.lab.example/");
        Assert.Equal(stack.Expect("502", "500"), rebound.Output);
        Assert.Equal(NotAllowedBySocks, (await stack.CurlAsync(app: true, "socks5h://vpn:1080", "http://rebind.lab.example/")).ExitCode);
    }

    /// <summary>Neither program dials only what it checked: the guard does not let their uid connect to anything private, whatever they resolved.</summary>
    [Fact]
    public async Task Fault_40_the_guard_keeps_the_pair_out_of_private_networks_and_other_ports()
    {
        await using var stack = await EngineStack.StartAsync(EngineStack.Pair);
        await using var inside = await stack.Stack.Culvert.StartInsideAsync([RepositoryFiles.Python, "-m", "http.server", "8000"], app: false, new(), Token);
        string[] urls = ["http://127.0.0.1:8000/", "http://172.30.98.2:8000/", "http://127.0.0.1:8000/?second", $"http://198.51.100.60:8081/"];
        async Task<string> AsProxyAsync(string url) => (await stack.Stack.TryAsRootInsideAsync(
            "setpriv", "--reuid", "1090", "--regid", "1090", "--clear-groups", "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "3", url)).Output;
        await RunningStack.WaitForAsync("dev's server answers dev", async () => (await stack.Stack.AsDevAsync("curl", "-sS", "http://127.0.0.1:8000/")).Succeeded);
        foreach (var url in urls)
        {
            Assert.Equal("000", await AsProxyAsync(url));
        }

        Assert.Equal("200", await AsProxyAsync("http://198.51.100.60:80/"));

        // The control: what stopped them was that chain.
        await stack.Stack.AsRootInsideAsync("nft", "insert", "rule", "inet", "culvert", "proxies", "return");
        foreach (var url in urls)
        {
            Assert.Equal("200", await AsProxyAsync(url));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_41_a_head_that_two_servers_read_differently(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        var answers = await PlayAsync(stack, "heads");
        // Tinyproxy passes on what it does not understand. It closes each connection after one exchange, so nobody else's request follows.
        Assert.All(answers, answer => Assert.Equal(stack.Expect("400", "200"), answer.Value));
        Assert.Equal(stack.IsPair ? 6 : 0, Heads().Count(stack.Arrived));
        Assert.All(Heads().Matches(stack.Arrived), head => Assert.Contains("Connection: close", Line(stack, head.Value), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_42_a_port_that_is_not_allowed(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        var answers = await PlayAsync(stack, "ports");
        Assert.Equal("403", answers["CONNECT 22"]);
        // Tinyproxy keeps the lower 16 bits: this is port 443.
        Assert.Equal(stack.Expect("400", "200"), answers["CONNECT 65979"]);
        // Tinyproxy tries, and the guard refuses.
        Assert.Equal(stack.Expect("403", "500"), answers["GET 8081"]);
        Assert.Equal("2", answers["SOCKS 8081"]);
        Assert.DoesNotContain("\"port\": 22", stack.Arrived, StringComparison.Ordinal);
        Assert.DoesNotContain("\"port\": 8081", stack.Arrived, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_43_another_name_in_the_tls_handshake_than_in_connect_is_not_logged(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        var sni = $"sni{Guid.NewGuid():n}.example";
        foreach (var proxy in new[] { "http://127.0.0.1:1090", "socks5h://127.0.0.1:1080" })
        {
            // Only the name inside TLS is another one; the proxy is asked for the origin.
            await stack.CurlAsync(app: false, proxy, $"https://{sni}/", "--connect-to", $"{sni}:443:{EngineStack.Origin}:443");
        }

        await RunningStack.WaitForAsync("the origin has seen the name in both handshakes", () => Task.FromResult(stack.Arrived.Split(sni).Length > 2));
        Assert.DoesNotContain(sni, stack.Log("proxy"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_44_a_request_line_of_1_MiB_and_20000_headers_take_no_memory(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        var before = stack.Megabytes();
        var answers = await PlayAsync(stack, "large");
        Assert.Equal(stack.Expect("414", "closed"), answers["1 MiB line"]);
        Assert.Equal(stack.Expect("431", "400"), answers["20000 headers"]);
        Assert.InRange(stack.Megabytes() - before, -100, 10);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_45_with_500_slow_clients_a_new_one_is_served_in_under_a_second(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        var answers = await PlayAsync(stack, "slow", 500);
        Assert.Equal(("200", "0"), (answers["http"], answers["socks"]));
        Assert.InRange(Seconds(answers["http seconds"]), 0, 1);
        Assert.InRange(Seconds(answers["socks seconds"]), 0, 1);

        // 1200 of these are Tinyproxy's, which has a thread for each of a thousand: then nobody is served until one goes.
        answers = await PlayAsync(stack, "slow", 2400);
        Assert.Equal((stack.Expect("200", "silence"), "0"), (answers["http"], answers["socks"]));
        await RunningStack.WaitForAsync("a new client is served once they are gone", async () =>
            (await stack.CurlAsync(app: true, "http://vpn:1090", "http://openrouter.ai/ip")).Output == "200");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_46_broken_socks_handshakes(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        var answers = await PlayAsync(stack, "handshakes");
        Assert.Equal("005b", answers["version 4"][..4]);
        Assert.Equal("closed", answers["version 6"]);
        Assert.Equal("05ff", answers["no methods"]);
        Assert.Equal("05ff", answers["no acceptable method"]);
        Assert.Equal(stack.Expect("1", "4"), answers["name of 0"]);
        Assert.Equal(stack.Expect("1", "4"), answers["name of 255"]);
        Assert.Equal(stack.Expect("8", "0500 closed"), answers["address type 9"]);
        Assert.Equal(stack.Expect("7", "2"), answers["BIND"]);
        Assert.Equal(stack.Expect("0", "2"), answers["UDP"]);
        Assert.Equal("0", answers["byte by byte"]);
        Assert.Equal("served", answers["two in one packet"]);
        Assert.Equal("closed", answers["SOCKS silence"]);
        // Tinyproxy has one time limit for everything, and a model that thinks needs a long one.
        Assert.Equal(stack.Expect("closed", "still open"), answers["HTTP silence"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_47_with_64_descriptors_and_200_clients_it_recovers(string engine)
    {
        await using var stack = await EngineStack.StartAsync(engine);
        foreach (var process in stack.Proxies())
        {
            // From outside of the lab, which has pids of its own, and as the proxies' uid: another's limits are not root's to lower everywhere.
            string[] line = ["--reuid", "1090", "--regid", "1090", "--clear-groups", "prlimit", "--pid", $"{process.Pid}", "--nofile=64:64"];
            using var limit = Process.Start("setpriv", line);
            await limit.WaitForExitAsync(Token);
            Assert.Equal(0, limit.ExitCode);
        }

        var before = stack.Worked();
        await PlayAsync(stack, "crowd", 200);
        var worked = stack.Worked() - before;
        output.WriteLine($"{engine}: {worked.TotalSeconds:0.00} s of processor time in about 4 s");
        // Tinyproxy does not wait for a descriptor: it asks again and again.
        Assert.InRange(worked.TotalSeconds, stack.IsPair ? 0.3 : 0, stack.IsPair ? 12 : 1);
        await RunningStack.WaitForAsync("both proxies serve again", stack.ServesAsync);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_48_a_peer_that_stops_reading_stops_its_sender(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        var before = await SettledMegabytesAsync(stack);
        await PlayAsync(stack, "stalled");
        var flooded = Flooded().Matches(stack.Arrived).Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        var after = stack.Megabytes();
        output.WriteLine($"{engine}: the server could send {string.Join(" and ", flooded)} bytes, {before:0} MB before and {after:0} after");
        Assert.Equal(2, flooded.Count);
        // What the kernel's buffers of four sockets take.
        Assert.All(flooded, bytes => Assert.InRange(bytes, 0, 32 * 1024 * 1024));
        Assert.InRange(after, 1, before + 5);
    }

    /// <summary>Processes that served the test before go one after another, and their memory with them.</summary>
    private static async Task<double> SettledMegabytesAsync(EngineStack stack)
    {
        var last = stack.Megabytes();
        await RunningStack.WaitForAsync("the engine's memory falls no more", async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Token);
            (var before, last) = (last, stack.Megabytes());
            return before - last < 1;
        });
        return last;
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Fault_50_a_canary_in_any_part_of_a_request_is_in_no_log_argument_or_error(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        var canary = $"canary{Guid.NewGuid():n}";
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"someone:{canary}"));
        foreach (var app in new[] { false, true })
        {
            var host = app ? "vpn" : "127.0.0.1";
            foreach (var target in new[] { EngineStack.Origin, "127.0.0.1", "nowhere.lab.example", $"{canary}.example" })
            {
                string[] fields = ["-H", $"Authorization: Bearer {canary}", "-H", $"X-Api-Key: {canary}"];
                var http = await stack.FetchAsync(
                    app, $"http://{host}:1090", $"http://someone:{canary}@{target}/?key={canary}", [.. fields, "-H", $"Proxy-Authorization: Basic {basic}"]);
                Assert.DoesNotContain(canary, http.Output.Replace($"{canary}.example", "", StringComparison.Ordinal), StringComparison.Ordinal);
                await stack.CurlAsync(app, $"http://someone:{canary}@{host}:1090", $"https://{target}/{canary}", fields);
                await stack.CurlAsync(app, $"socks5h://someone:{canary}@{host}:1080", $"http://someone:{canary}@{target}/?key={canary}", fields);
            }
        }

        var sent = stack.Arrived.Split('\n').Where(line => line.Contains(canary, StringComparison.Ordinal)).ToList();
        // The control: the canary went where it was meant for. Without users Tinyproxy also hands on what was meant for itself.
        Assert.Contains(sent, line => line.Contains($"Authorization: Bearer {canary}", StringComparison.Ordinal));
        var handedOn = sent.Any(line => line.Contains($"Proxy-Authorization: Basic {basic}", StringComparison.Ordinal));
        Assert.True(handedOn == stack.IsPair, string.Join('\n', sent));
        Assert.All(["Via:", "X-Forwarded-For", "Forwarded:", "X-Tinyproxy"], field => Assert.DoesNotContain(field, stack.Arrived, StringComparison.OrdinalIgnoreCase));
        foreach (var file in Directory.EnumerateFiles(stack.Host.PathOf("/run/culvert/culvert"), "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0))
        {
            var text = await File.ReadAllTextAsync(file, Token);
            Assert.False(text.Contains(canary, StringComparison.Ordinal) || text.Contains(basic, StringComparison.Ordinal), $"the canary is in {file}");
        }

        Assert.DoesNotContain(stack.Proxies().SelectMany(process => process.CommandLine), word => word.Contains(canary, StringComparison.Ordinal));
        Assert.Contains(stack.Expect("destination=", "tinyproxy: http get client="), stack.Log("proxy"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_stream_passes_chunk_by_chunk(string engine)
    {
        var stack = await stacks.OfAsync(engine);
        // Five chunks, 0.2 s apart: together at the end there would be no time between the first and the last.
        Assert.All(await PlayAsync(stack, "streams"), spread => Assert.InRange(Seconds(spread.Value), 0.6, 2));
    }

    private async Task<IReadOnlyDictionary<string, string>> PlayAsync(EngineStack stack, string name, int? number = null)
    {
        var answers = await stack.PlayAsync(name, number);
        output.WriteLine($"{stack.Engine}, {name} {number}: {string.Join("; ", answers.Select(answer => $"{answer.Key}: {answer.Value}"))}; {stack.Megabytes():0} MB in {stack.Proxies().Count} processes");
        return answers;
    }

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Line(EngineStack stack, string part) => stack.Arrived.Split('\n').First(line => line.Contains(part, StringComparison.Ordinal));

    [GeneratedRegex("/head-[0-9]-")]
    private static partial Regex Heads();

    [GeneratedRegex("\"flooded\": ([0-9]+)")]
    private static partial Regex Flooded();
}
