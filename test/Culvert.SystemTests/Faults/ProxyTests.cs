using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary>Cases of the conformance suite about the proxies that need the real namespace; the rest are in the unit tests.</summary>
public sealed class ProxyTests
{
    private const int NotAllowedBySocks = 97;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_39_private_targets_in_every_spelling_are_refused_by_both_proxies()
    {
        await using var stack = await RunningStack.StartAsync();
        string[] targets =
        [
            "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0", "[::1]", "169.254.169.254",
            "172.30.97.2", "172.30.97.100", "172.30.98.2", "10.8.1.1", "10.8.1.2", "100.64.0.1", "192.168.1.1", "224.0.0.1", "localhost",
        ];
        foreach (var app in new[] { false, true })
        {
            var host = app ? "vpn" : "127.0.0.1";
            // The control: the same client reaches what is public.
            Assert.Equal("200", (await StatusAsync(stack, app, $"http://{host}:1090", "http://openrouter.ai/ip")).Output);
            foreach (var target in targets)
            {
                var http = await StatusAsync(stack, app, $"http://{host}:1090", $"http://{target}/");
                Assert.True(http.Output == "403", $"{target} by HTTP: {http.Output} {http.Error}");
                var socks = await StatusAsync(stack, app, $"socks5h://{host}:1080", $"http://{target}/");
                Assert.True(socks.ExitCode == NotAllowedBySocks && socks.Error.Contains("(2)", StringComparison.Ordinal), $"{target} by SOCKS: {socks.Describe()}");
            }
        }
    }

    [Fact]
    public async Task Fault_40_a_name_that_resolves_to_a_private_address_is_not_dialled()
    {
        await using var stack = await RunningStack.PrepareAsync();
        stack.Lab.Dot.Add("rebind.lab.example", "127.0.0.1");
        stack.Lab.Dot.Add("public.lab.example", $"{LabAddresses.Providers[1].Address}");
        await stack.Lab.Dot.StopAsync();
        await stack.Lab.Dot.StartAsync(Token);
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        Assert.Equal("200", (await StatusAsync(stack, app: true, "http://vpn:1090", "http://public.lab.example/ip")).Output);
        var rebound = await StatusAsync(stack, app: true, "http://vpn:1090", "http://rebind.lab.example/");
        Assert.True(rebound.Output is "403" or "502", $"{rebound.Output} {rebound.Error}");
        var socks = await StatusAsync(stack, app: true, "socks5h://vpn:1080", "http://rebind.lab.example/");
        Assert.Equal(NotAllowedBySocks, socks.ExitCode);
    }

    private static Task<LabCommandResult> StatusAsync(RunningStack stack, bool app, string proxy, string url) => stack.Culvert.RunAsync(
        ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "5", "--proxy", proxy, url], app, LabPlace.DefaultDeadline, Token);
}
