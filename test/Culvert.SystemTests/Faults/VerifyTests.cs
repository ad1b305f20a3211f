using System.Text.Json;

namespace Culvert.SystemTests.Faults;

/// <summary><c>culvert verify</c> holds when all is well, and names what is wrong when it is not.</summary>
public sealed class VerifyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What is done to a healthy stack, and the check that has to break.</summary>
    public static TheoryData<string, string[]> Damages => new()
    {
        { "guard", ["ip", "netns", "exec", RunningStack.Namespace, "nft", "insert rule inet culvert output tcp dport 7 accept"] },
        { "guard", ["ip", "netns", "exec", RunningStack.Namespace, "nft", "delete", "table", "inet", "culvert"] },
        { "guard", ["ip", "netns", "exec", RunningStack.Namespace, "ip", "rule", "add", "fwmark", "7", "lookup", "main"] },
        { "guard", ["ip", "netns", "exec", RunningStack.Namespace, "ip", "route", "add", "198.51.100.20/32", "via", RunningStack.UplinkGateway, "dev", RunningStack.Uplink] },
        { "ipv6", ["ip", "netns", "exec", RunningStack.Namespace, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/vpnnet0/disable_ipv6; ip -6 address add fd00::2/64 dev vpnnet0 nodad"] },
        { "host-unchanged", ["ip", "route", "add", "unreachable", "192.0.2.200"] },
        { "host-unchanged", ["nft", "add", "table", "inet", "stray"] },
        { "privileges", ["sh", "-c", "nohup ip netns exec culvert-vpn sleep 60 >/dev/null 2>&1 &"] },
        { "applications", ["sh", "-c", "nohup ip netns exec culvert-app timeout 30 sh -c 'while :; do curl --silent --max-time 1 --resolve api.openai.com:443:198.51.100.10 https://api.openai.com; sleep 0.2; done' >/dev/null 2>&1 &"] },
        { "dns", ["sh", "-c", "kill -STOP $(pidof unbound)"] },
        // A proxy that logged what passes would write this: the application's bytes as they come in.
        { "secrets-in-logs", ["ip", "netns", "exec", "culvert-app", "sh", "-c", "tcpdump --immediate-mode -i vpnnet0 -U -w /run/culvert/culvert/logs/tap.log >/dev/null 2>&1 & while [ ! -s /run/culvert/culvert/logs/tap.log ]; do sleep 0.1; done"] },
    };

    [Fact]
    public async Task A_healthy_stack_holds_in_every_check_with_its_control_proven()
    {
        await using var stack = await RunningStack.StartAsync();
        var verify = await stack.Culvert.VerifyAsync(Token, "--json");
        Assert.True(verify.Succeeded, verify.Output);
        using var report = JsonDocument.Parse(verify.Output);
        var evidence = report.RootElement.GetProperty("evidence").EnumerateArray().ToList();
        Assert.Equal(12, evidence.Count);
        // Where dev is a person's own shell it has no workspace that is mounted.
        Assert.All(evidence, one => Assert.Equal(
            one.GetProperty("check").GetString() == "workspace-credentials" ? "Skipped" : "Holds", one.GetProperty("verdict").ToString(), ignoreCase: true));
        string[] leakChecks = ["dns", "ipv6", "only-carrier", "guard", "host-unchanged", "secrets-in-logs", "privileges", "host-ports", "applications"];
        Assert.All(leakChecks, id => Assert.True(
            evidence.Single(one => one.GetProperty("check").GetString() == id).GetProperty("control").GetProperty("proven").GetBoolean(), id));
        var table = await stack.Culvert.VerifyAsync(Token, "--check", "tunnel");
        Assert.Contains("Everything holds: 1 hold", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[", table.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damage_breaks_its_check(string check, string[] damage)
    {
        await using var stack = await RunningStack.StartAsync();
        var before = await stack.Culvert.VerifyAsync(Token, "--check", check);
        Assert.True(before.Succeeded, before.Output);
        await stack.Lab.Host.RequireAsync(damage[0], damage[1..], Token);
        var after = await stack.Culvert.VerifyAsync(Token, "--check", check);
        Assert.Equal(1, after.ExitCode);
        Assert.Contains("✗ broken", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_stack_it_says_so()
    {
        await using var stack = await RunningStack.PrepareAsync();
        var verify = await stack.Culvert.VerifyAsync(Token);
        Assert.Equal(1, verify.ExitCode);
        Assert.Contains("culvert up", verify.Error, StringComparison.Ordinal);
    }
}
