using System.Text.Json;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Proxies;

/// <summary>UDP ASSOCIATE in the real namespace: through the guard, the tunnel and the exit, and by no other way.</summary>
public sealed class UdpTests
{
    private const int Count = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Datagrams_of_dev_and_of_an_application_leave_through_the_exit_and_nothing_beside_it()
    {
        await using var stack = await RunningStack.StartAsync();
        await using var echo = await StartEchoAsync(stack);
        var before = await stack.CountAsync();
        foreach (var app in new[] { false, true })
        {
            foreach (var target in (string[])["api.openai.com", $"{LabAddresses.Providers[0].Address}"])
            {
                var sent = await SendAsync(stack, app, target, 443);
                Assert.Equal(0, sent.Reply);
                Assert.InRange(sent.Answered, Count * 9 / 10, Count);
                Assert.Equal([$"{stack.Lab.Exit1.Address}"], sent.Peers);
            }

            // Refused by the policy, by the guard's own rule for DNS, and for its size; the proxy stays silent.
            Assert.Equal(0, (await SendAsync(stack, app, "169.254.169.254", 443, count: 5)).Answered);
            Assert.Equal(0, (await SendAsync(stack, app, "172.30.97.2", 443, count: 5)).Answered);
            Assert.Equal(0, (await SendAsync(stack, app, $"{LabAddresses.PublicResolvers[0]}", 53, count: 5)).Answered);
            Assert.Equal(0, (await SendAsync(stack, app, "api.openai.com", 443, count: 5, size: 1480)).Answered);
        }

        Assert.Equal(0, (await stack.CountAsync()).Since(before).Leaked);
        await AssertCountedAsync(stack);

        // The VPN client dies while datagrams are on their way: they fail, or wait for the tunnel; none goes another way.
        before = await stack.CountAsync();
        var underWay = SendAsync(stack, app: true, "api.openai.com", 443, count: 1500);
        await RunningStack.WaitForAsync("datagrams pass", async () => (await stack.CountAsync()).Since(before).Carrier.Packets > 200);
        foreach (var client in Victim.Client.In(stack.Lab.Host))
        {
            LabProcessTable.Signal(client.Pid, 9);
        }

        await underWay;
        Assert.Equal(0, (await stack.CountAsync()).Since(before).Leaked);
        await stack.AssertSeenWithoutGuardAsync();
    }

    private static async Task AssertCountedAsync(RunningStack stack)
    {
        var status = await stack.Culvert.StatusAsync(Token, "--json");
        using var json = JsonDocument.Parse(status.Output);
        var calls = json.RootElement.GetProperty("calls");
        var dropped = calls.GetProperty("datagrams").GetProperty("dropped");
        Assert.True(dropped.GetProperty("too-large").GetInt32() >= 10, status.Output);
        Assert.True(dropped.GetProperty("refused").GetInt32() >= 6, status.Output);
        var lines = calls.GetProperty("lines").EnumerateArray().ToList();
        foreach (var application in (string[])["127.0.0.1", "172.30.98.3"])
        {
            var line = Assert.Single(lines, line => line.GetProperty("application").GetString() == application
                && line.GetProperty("provider").GetString() == "openai" && line.GetProperty("outcome").GetString() == "relayed");
            Assert.True(line.GetProperty("bytes_down").GetInt64() > Count * 900, status.Output);
        }

        var text = (await stack.Culvert.StatusAsync(Token)).Output;
        Assert.Matches(@"dev +openai +relayed", text);
        Assert.Matches(@"172\.30\.98\.3 +openai +relayed", text);
    }

    private static async Task<LabProcess> StartEchoAsync(RunningStack stack)
    {
        var echo = await stack.Lab.Sandbox.Namespace("providers").StartAsync(
            RepositoryFiles.Python, ["-B", RepositoryFiles.Probe("udp_echo.py"), $"{LabAddresses.Providers[0].Address}", "443"], LabCommandOptions.None, Token);
        await echo.WaitForLineAsync(line => line == "serving", TimeSpan.FromSeconds(10), Token);
        return echo;
    }

    private static async Task<(int Reply, int Answered, string[] Peers)> SendAsync(
        RunningStack stack, bool app, string target, int port, int count = Count, int size = 1200)
    {
        var result = await stack.Culvert.RunAsync(
            [
                RepositoryFiles.Python, "-B", RepositoryFiles.Probe("socks_udp.py"), app ? "vpn" : "127.0.0.1", target, $"{port}",
                "--count", $"{count}", "--size", $"{size}", "--patience", count < Count ? "0.5" : "3",
            ],
            app, TimeSpan.FromSeconds(30), Token);
        Assert.True(result.Succeeded, result.Describe());
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        return (root.GetProperty("reply").GetInt32(), root.GetProperty("answered").GetInt32(), [.. root.GetProperty("peers").EnumerateArray().Select(peer => peer.GetString()!)]);
    }
}
